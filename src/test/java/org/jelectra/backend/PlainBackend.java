package org.jelectra.backend;

import static org.jelectra.backend.PlainStorage.integers;
import static org.jelectra.backend.PlainStorage.numbers;
import static org.jelectra.backend.PlainStorage.write;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Storage;
import org.jelectra.tensor.Tensor;

/**
 * The operations in plain double arithmetic, one after the other. What they leave in values (BFLOAT16 operands) and the weights that
 * matrix products read go through a rounding: with {@link #exact} nothing is rounded, so results are those of float64; with
 * {@link #bf16} they are those of a plain bf16 computation: inputs rounded, sums in float32 or better, outputs rounded, and of an
 * operation that others fuse (attention, products with GELU, residual with dropout and normalisation) each step so. What is FLOAT32
 * by contract (losses, statistics, gradients of parameters) is not rounded, which makes this computation better than one that rounds
 * all. Samplers are left out: their results are integers.
 */
public final class PlainBackend implements Backend {

    private final DoubleUnaryOperator rounding;
    private final DType valueType;

    private PlainBackend(DoubleUnaryOperator rounding, DType valueType) {
        this.rounding = rounding;
        this.valueType = valueType;
    }

    /** Nothing is rounded. */
    public static PlainBackend exact() {
        return new PlainBackend(DoubleUnaryOperator.identity(), DType.FLOAT32);
    }

    static PlainBackend bf16() {
        return new PlainBackend(PlainBackend::nearestBf16, DType.BFLOAT16);
    }

    /** The nearest number with 8 bits, the even one of two. */
    static double nearestBf16(double x) {
        int bits = Float.floatToRawIntBits((float) x);
        return Float.intBitsToFloat(bits + 0x7FFF + (bits >>> 16 & 1) & 0xFFFF0000);
    }

    private double[] rounded(double[] values) {
        return Arrays.stream(values).map(rounding).toArray();
    }

    private void store(Tensor tensor, double... values) {
        write(tensor, tensor.dtype() == DType.BFLOAT16 ? rounded(values) : values);
    }

    private static double number(Tensor tensor) {
        return numbers(tensor)[0];
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public String description() {
        return "double arithmetic with values in " + valueType;
    }

    @Override
    public DType valueType() {
        return valueType;
    }

    @Override
    public Storage allocate(DType dtype, long size) {
        return PlainStorage.of(dtype, size);
    }

    @Override
    public void upload(float[] source, int from, Tensor tensor) {
        double[] values = new double[Math.toIntExact(tensor.size())];
        Arrays.setAll(values, i -> source[from + i]);
        store(tensor, values);
    }

    @Override
    public void upload(int[] source, int from, Tensor tensor) {
        write(tensor, Arrays.copyOfRange(source, from, from + Math.toIntExact(tensor.size())));
    }

    @Override
    public void download(Tensor tensor, float[] target, int to) {
        double[] values = numbers(tensor);
        for (int i = 0; i < values.length; i++) {
            target[to + i] = (float) values[i];
        }
    }

    @Override
    public void download(Tensor tensor, int[] target, int to) {
        int[] values = integers(tensor);
        System.arraycopy(values, 0, target, to, values.length);
    }

    @Override
    public Operation fill(Tensor x, float value) {
        return () -> {
            double[] values = numbers(x);
            Arrays.fill(values, value);
            store(x, values);
        };
    }

    @Override
    public Operation add(Tensor x, Tensor y) {
        return () -> store(y, Reference.add(numbers(x), numbers(y)));
    }

    @Override
    public Operation dropout(Tensor x, Dropout dropout, Tensor y) {
        return () -> store(y, dropped(numbers(x), dropout));
    }

    private static double[] dropped(double[] x, Dropout dropout) {
        return dropout.probability() == 0 ? x : Reference.multiply(x, factors(dropout, x.length));
    }

    private static double[] factors(Dropout dropout, int n) {
        Randomness randomness = dropout.randomness();
        int[] clock = integers(randomness.clock());
        long seed = (clock[0] & 0xFFFFFFFFL) | (long) clock[1] << 32;
        return new ReferenceRandom(seed, randomness.stream(), clock[2], clock[3]).dropoutFactors(dropout, n);
    }

    @Override
    public Operation linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        int rows = x.shape().rows();
        int outputs = weight.shape().rows();
        return () -> store(
                y,
                Reference.widened(
                        Reference.linear(
                                numbers(x),
                                rounded(numbers(weight)),
                                bias == null ? null : numbers(bias),
                                rows,
                                x.shape().width(),
                                outputs),
                        outputs,
                        y.shape().width(),
                        Double.NEGATIVE_INFINITY));
    }

    /** {@code a[m,n]} with rows and columns exchanged. */
    private static double[] transposed(double[] a, int m, int n) {
        double[] t = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            t[i % n * m + i / n] = a[i];
        }
        return t;
    }

    @Override
    public Operation linearBackwardInput(Tensor dy, Tensor weight, Tensor dx, boolean accumulate) {
        return () -> {
            int n = weight.shape().rows();
            int k = weight.shape().width();
            double[] transposed = transposed(rounded(numbers(weight)), n, k);
            double[] counted = Reference.narrowed(numbers(dy), dy.shape().width(), n);
            double[] product =
                    Reference.linear(counted, transposed, null, dy.shape().rows(), n, k);
            store(dx, accumulate ? Reference.add(product, numbers(dx)) : product);
        };
    }

    @Override
    public Operation linearBackwardWeight(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        return () -> {
            int m = dy.shape().rows();
            int n = dWeight == null
                    ? Math.toIntExact(dBias.size())
                    : dWeight.shape().rows();
            double[] dyT = transposed(Reference.narrowed(numbers(dy), dy.shape().width(), n), m, n);
            if (dWeight != null) {
                int k = x.shape().width();
                double[] xT = transposed(numbers(x), m, k);
                store(dWeight, Reference.add(Reference.linear(dyT, xT, null, n, m, k), numbers(dWeight)));
            }
            if (dBias != null) {
                double[] ones = new double[m];
                Arrays.fill(ones, 1);
                store(dBias, Reference.add(Reference.linear(ones, dyT, null, 1, m, n), numbers(dBias)));
            }
        };
    }

    @Override
    public Operation gelu(Tensor x, Tensor y) {
        return () -> store(y, Reference.gelu(numbers(x)));
    }

    @Override
    public Operation geluBackward(Tensor x, Tensor dy, Tensor dx) {
        return () -> {
            double[] values = numbers(x);
            double[] gradient = numbers(dy);
            for (int i = 0; i < values.length; i++) {
                gradient[i] *= Reference.geluSlope(values[i]);
            }
            store(dx, gradient);
        };
    }

    @Override
    public Operation addLayerNorm(Tensor x, AddLayerNormOperands norm) {
        return () -> {
            double[] dropped = rounded(dropped(numbers(x), norm.dropout()));
            store(norm.sum(), norm.residual() == null ? dropped : Reference.add(dropped, numbers(norm.residual())));
            store(
                    norm.stats(),
                    Reference.rowStatistics(
                            numbers(norm.sum()), norm.sum().shape().width(), norm.epsilon()));
            store(
                    norm.y(),
                    Reference.layerNorm(
                            numbers(norm.sum()), numbers(norm.gamma()), numbers(norm.beta()), norm.epsilon()));
        };
    }

    @Override
    public Operation addLayerNormBackward(AddLayerNormBackward norm) {
        return () -> {
            double[] gradient = numbers(norm.dy());
            double[] values = numbers(norm.sum());
            double[] rowStats = numbers(norm.stats());
            double[] scale = numbers(norm.gamma());
            double[] gammaSums = numbers(norm.dGamma());
            double[] betaSums = numbers(norm.dBeta());
            int width = scale.length;
            double[] dSum = new double[gradient.length];
            for (int row = 0; row < gradient.length / width; row++) {
                double rstd = rowStats[2 * row + 1];
                double meanG = 0;
                double meanGx = 0;
                for (int i = 0; i < width; i++) {
                    int at = row * width + i;
                    double normal = (values[at] - rowStats[2 * row]) * rstd;
                    meanG += gradient[at] * scale[i] / width;
                    meanGx += gradient[at] * scale[i] * normal / width;
                    gammaSums[i] += gradient[at] * normal;
                    betaSums[i] += gradient[at];
                }
                for (int i = 0; i < width; i++) {
                    int at = row * width + i;
                    double normal = (values[at] - rowStats[2 * row]) * rstd;
                    dSum[at] = rstd * (gradient[at] * scale[i] - meanG - normal * meanGx);
                }
            }
            double[] left = rounded(dSum);
            if (norm.dResidual() != null) {
                store(norm.dResidual(), left);
            }
            store(norm.dx(), dropped(left, norm.dropout()));
            store(norm.dGamma(), gammaSums);
            store(norm.dBeta(), betaSums);
        };
    }

    private PlainAttention plain(AttentionOperands operands) {
        AttentionShape shape = operands.shape();
        Dropout dropout = operands.dropout();
        int pairs = shape.batch() * shape.heads() * shape.length() * shape.length();
        double[] factors = dropout.probability() == 0 ? null : factors(dropout, pairs);
        return new PlainAttention(rounding, shape, numbers(operands.qkv()), integers(operands.keyMask()), factors);
    }

    @Override
    public Operation attention(AttentionOperands operands) {
        AttentionShape shape = operands.shape();
        return () -> {
            double[] scores = rounded(ReferenceAttention.scores(numbers(operands.qkv()), shape));
            int[] keyMask = integers(operands.keyMask());
            store(operands.logSumExp(), ReferenceAttention.logSumExp(scores, keyMask, shape.batch(), shape.length()));
            store(operands.out(), plain(operands).out());
        };
    }

    /** The forward pass once more, and back. */
    @Override
    public Operation attentionBackward(AttentionOperands operands, Tensor dOut, Tensor dQkv) {
        return () -> store(dQkv, plain(operands).backward(numbers(dOut)));
    }

    @Override
    public Operation embedding(EmbeddingOperands lookup, Tensor y) {
        return () -> store(
                y,
                Reference.embedding(
                        integers(lookup.ids()),
                        integers(lookup.tokenTypes()),
                        lookup.length(),
                        numbers(lookup.words()),
                        numbers(lookup.positions()),
                        numbers(lookup.types()),
                        y.shape().width()));
    }

    @Override
    public Operation embeddingBackward(
            Tensor dy, Tensor ids, Tensor tokenTypes, int length, Tensor dWords, Tensor dPositions, Tensor dTypes) {
        return () -> {
            int[] word = integers(ids);
            int[] type = integers(tokenTypes);
            addRows(dy, dWords, i -> word[i]);
            addRows(dy, dPositions, i -> i % length);
            addRows(dy, dTypes, i -> type[i]);
        };
    }

    private void addRows(Tensor rows, Tensor table, java.util.function.IntUnaryOperator target) {
        double[] values = numbers(rows);
        double[] sums = numbers(table);
        int width = table.shape().width();
        for (int i = 0; i < values.length; i++) {
            sums[target.applyAsInt(i / width) * width + i % width] += values[i];
        }
        store(table, sums);
    }

    @Override
    public Operation gatherRows(Tensor x, Tensor rows, Tensor y) {
        return () -> store(
                y, Reference.gatherRows(numbers(x), integers(rows), x.shape().width()));
    }

    @Override
    public Operation gatherRowsBackward(Tensor dy, Tensor rows, Tensor dx) {
        return () -> {
            write(dx, new double[Math.toIntExact(dx.size())]);
            int[] row = integers(rows);
            addRows(dy, dx, i -> row[i]);
        };
    }

    @Override
    public Operation crossEntropy(CrossEntropyOperands operands, MultinomialDraw draw) {
        Operation loss = () -> {
            double[] x = numbers(operands.logits());
            int[] wanted = integers(operands.labels());
            int width = operands.logits().shape().width();
            store(operands.logSumExp(), ReferenceLosses.logSumExp(x, width));
            double[] hits = new double[wanted.length];
            Arrays.setAll(hits, row -> ReferenceLosses.argMax(x, row, width) == wanted[row] ? 1 : 0);
            store(operands.correct(), hits);
            store(
                    operands.loss(),
                    ReferenceLosses.crossEntropy(
                            x, wanted, numbers(operands.weights()), number(operands.normalizer())));
        };
        return draw == null ? loss : loss.then(sampleMultinomial(operands.logits(), draw));
    }

    @Override
    public Operation crossEntropyBackward(CrossEntropyOperands operands, float scale) {
        return () -> {
            double[] x = numbers(operands.logits());
            int[] wanted = integers(operands.labels());
            double[] weight = numbers(operands.weights());
            double divisor = number(operands.normalizer());
            double[] factors = new double[wanted.length];
            Arrays.setAll(factors, row -> scale * weight[row] / divisor);
            store(operands.logits(), softmaxGradient(x, numbers(operands.logSumExp()), wanted, factors));
        };
    }

    /** Of each row's factor times the cross-entropy of its target, by the logits x. */
    private static double[] softmaxGradient(double[] x, double[] logSumExp, int[] targets, double[] factors) {
        int width = x.length / targets.length;
        double[] gradient = new double[x.length];
        Arrays.setAll(gradient, i -> {
            int row = i / width;
            return factors[row] * (Math.exp(x[i] - logSumExp[row]) - (i % width == targets[row] ? 1 : 0));
        });
        return gradient;
    }

    @Override
    public Operation sigmoidCrossEntropy(SigmoidCrossEntropyOperands operands, float scale, Tensor dLogits) {
        return () -> {
            double[] x = numbers(operands.logits());
            int[] wanted = integers(operands.labels());
            int[] counted = integers(operands.mask());
            double divisor = number(operands.normalizer());
            store(operands.loss(), ReferenceLosses.sigmoidCrossEntropy(x, wanted, counted, divisor));
            store(operands.counts(), ReferenceLosses.counts(x, wanted, counted));
            if (dLogits == null) {
                return;
            }
            for (int i = 0; i < x.length; i++) {
                x[i] = scale * counted[i] * (1 / (1 + Math.exp(-x[i])) - wanted[i]) / divisor;
            }
            store(dLogits, x);
        };
    }

    @Override
    public Operation copyCrossEntropy(CopyCrossEntropyOperands operands) {
        return () -> {
            double[] x = numbers(operands.logits());
            double[] gate = numbers(operands.gate());
            int[] copied = integers(operands.copied());
            int[] wanted = integers(operands.labels());
            int width = operands.logits().shape().width();
            store(operands.logSumExp(), ReferenceLosses.logSumExp(x, width));
            double[] hits = new double[wanted.length];
            Arrays.setAll(hits, row -> {
                boolean copies = ReferenceLosses.copies(x, row, width, gate[row], copied[row]);
                return wanted[row] == (copies ? copied[row] : ReferenceLosses.argMax(x, row, width)) ? 1 : 0;
            });
            store(operands.correct(), hits);
            int[] counted = integers(operands.mask());
            double divisor = number(operands.normalizer());
            store(operands.loss(), ReferenceLosses.copyCrossEntropy(x, gate, copied, wanted, counted, divisor));
        };
    }

    @Override
    public Operation copyCrossEntropyBackward(CopyCrossEntropyOperands operands, float scale, Tensor dGate) {
        return () -> {
            double[] x = numbers(operands.logits());
            double[] gate = numbers(operands.gate());
            int[] copied = integers(operands.copied());
            int[] wanted = integers(operands.labels());
            int[] counted = integers(operands.mask());
            double[] shift = numbers(operands.logSumExp());
            double divisor = number(operands.normalizer());
            int width = operands.logits().shape().width();
            double[] slopes = new double[wanted.length];
            double[] factors = new double[wanted.length];
            for (int row = 0; row < slopes.length; row++) {
                double factor = scale * counted[row] / divisor;
                double gated = ReferenceLosses.sigmoid(gate[row]);
                double own = Math.exp(x[row * width + wanted[row]] - shift[row]);
                double hit = wanted[row] == copied[row] ? gated : 0;
                double total = hit + (1 - gated) * own;
                slopes[row] = factor * gated * (1 - gated) * (own - (hit > 0 ? 1 : 0)) / total;
                factors[row] = factor * (1 - gated) * own / total;
            }
            store(dGate, slopes);
            store(operands.logits(), softmaxGradient(x, shift, wanted, factors));
        };
    }

    @Override
    public Operation policyGradient(PolicyGradientOperands operands, float scale, Tensor dBaseline) {
        return () -> {
            int[] drawn = integers(operands.sampled());
            double[] weight = numbers(operands.weights());
            double[] baseline = numbers(operands.baseline());
            double divisor = number(operands.normalizer());
            double[] rewards = ReferenceLosses.rewards(
                    drawn,
                    integers(operands.labels()),
                    integers(operands.rows()),
                    numbers(operands.discriminatorLogits()));
            double[] products = Reference.multiply(weight, rewards);
            store(operands.reward(), Arrays.stream(products).sum() / divisor);
            store(operands.baselineLoss(), ReferenceLosses.baselineLoss(baseline, rewards, weight, divisor));
            if (dBaseline == null) {
                return;
            }
            double[] factors = new double[drawn.length];
            Arrays.setAll(
                    factors,
                    row -> scale * weight[row] / divisor * (rewards[row] - ReferenceLosses.softplus(-baseline[row])));
            store(
                    operands.logits(),
                    softmaxGradient(numbers(operands.logits()), numbers(operands.logSumExp()), drawn, factors));
            Arrays.setAll(
                    baseline,
                    row -> scale
                            * weight[row]
                            / divisor
                            * (ReferenceLosses.sigmoid(baseline[row]) - Math.exp(-rewards[row])));
            store(dBaseline, baseline);
        };
    }

    @Override
    public Operation squaredError(
            Tensor x, Tensor targets, Tensor weights, Tensor normalizer, Tensor loss, float scale, Tensor dx) {
        return () -> {
            double[] predicted = numbers(x);
            double[] wanted = numbers(targets);
            double[] weight = numbers(weights);
            double divisor = number(normalizer);
            store(loss, ReferenceLosses.squaredError(predicted, wanted, weight, divisor));
            if (dx != null) {
                Arrays.setAll(predicted, i -> 2 * scale * weight[i] * (predicted[i] - wanted[i]) / divisor);
                store(dx, predicted);
            }
        };
    }

    @Override
    public Operation spanCrossEntropy(SpanCrossEntropyOperands operands, float scale, Tensor dLogits) {
        return () -> {
            double[] x = numbers(operands.logits());
            int[] allowed = integers(operands.allowed());
            int[] targets = integers(operands.targets());
            double[] weights = numbers(operands.weights());
            double divisor = number(operands.normalizer());
            int columns = operands.logits().shape().width();
            int length = allowed.length / weights.length;
            double[] shift = ReferenceLosses.positionsLogSumExp(x, allowed, weights.length);
            store(operands.loss(), ReferenceLosses.spanCrossEntropy(x, allowed, targets, weights, divisor));
            if (dLogits == null) {
                return;
            }
            for (int i = 0; i < x.length; i++) {
                int position = i / columns;
                int sequence = position / length;
                int of = sequence * columns + i % columns;
                double probability = allowed[position] == 0 ? 0 : Math.exp(x[i] - shift[of]);
                double hit = position % length == targets[of] ? 1 : 0;
                x[i] = scale * weights[sequence] / (divisor * columns) * (probability - hit);
            }
            store(dLogits, x);
        };
    }

    @Override
    public Operation poolPositions(PositionPoolingOperands operands) {
        return () -> {
            double[] x = numbers(operands.logits());
            int[] allowed = integers(operands.allowed());
            store(operands.logSumExp(), ReferenceLosses.positionsLogSumExp(x, allowed, operands.batch()));
            store(
                    operands.y(),
                    ReferenceLosses.poolPositions(x, numbers(operands.values()), allowed, operands.batch()));
        };
    }

    @Override
    public Operation poolPositionsBackward(
            PositionPoolingOperands operands, Tensor dy, Tensor dLogits, Tensor dValues, boolean accumulate) {
        return () -> {
            double[] p = numbers(operands.logits());
            double[] values = numbers(operands.values());
            int[] allowed = integers(operands.allowed());
            double[] shift = numbers(operands.logSumExp());
            double[] gradient = numbers(dy);
            int length = operands.length();
            int width = operands.values().shape().width();
            Arrays.setAll(p, row -> allowed[row] == 0 ? 0 : Math.exp(p[row] - shift[row / length]));
            double[] before = numbers(dValues);
            double[] products = new double[p.length];
            double[] means = new double[operands.batch()];
            for (int i = 0; i < values.length; i++) {
                int row = i / width;
                double slope = gradient[row / length * width + i % width];
                products[row] += values[i] * slope;
                means[row / length] += p[row] * values[i] * slope;
                values[i] = (accumulate ? before[i] : 0) + p[row] * slope;
            }
            store(dValues, values);
            Arrays.setAll(p, row -> p[row] * (products[row] - means[row / length]));
            store(dLogits, p);
        };
    }

    @Override
    public Operation globalNorm(Tensor x, Tensor norm) {
        return () -> {
            if (Double.isFinite(number(norm))) {
                store(norm, ReferenceOptimizer.norm(numbers(x)));
            }
        };
    }

    @Override
    public Operation adamW(Tensor parameters, Tensor gradients, Tensor m, Tensor v, Tensor norm, AdamWOptions options) {
        return () -> {
            if (!Double.isFinite(number(norm))) {
                return;
            }
            double[] p = numbers(parameters);
            double[] first = numbers(m);
            double[] second = numbers(v);
            double rate = number(options.learningRate());
            ReferenceOptimizer.step(p, numbers(gradients), first, second, number(norm), rate, options);
            store(parameters, p);
            store(m, first);
            store(v, second);
        };
    }

    @Override
    public Operation sampleMultinomial(Tensor logits, MultinomialDraw draw) {
        throw new UnsupportedOperationException("samples are integers: they have no rounding error");
    }

    @Override
    public Operation sampleGumbel(
            Tensor logits, float temperature, Tensor uniforms, Randomness randomness, Tensor sampled) {
        throw new UnsupportedOperationException("samples are integers: they have no rounding error");
    }

    @Override
    public Operation replaceTokens(
            Tensor ids, Tensor rows, Tensor weights, Tensor sampled, Tensor corrupted, Tensor labels) {
        throw new UnsupportedOperationException("tokens are integers: they have no rounding error");
    }

    @Override
    public void close() {}
}
