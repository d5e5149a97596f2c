package org.jelectra.autograd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.GradientGroup;
import org.jelectra.backend.Operation;
import org.jelectra.backend.Randomness;
import org.jelectra.random.RandomStreams;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * Records operations and, in reverse, their backward passes; {@link #compile()} gives all values memory and returns the program.
 * Nothing is computed while recording.
 *
 * <p>Each differentiable method appends one step and remembers how to append its backward steps. {@link #backward()} walks
 * them in reverse. A value used several times receives several gradients: the first overwrites, the others are added, by the
 * operation itself where it can (matrix products) and through a temporary tensor elsewhere.
 */
public final class Tape {

    private final Backend backend;
    private final Tensor clock;
    private final List<Step> forward = new ArrayList<>();
    private final List<Step> backward = new ArrayList<>();
    private final List<Runnable> pullbacks = new ArrayList<>();
    private final List<Tensor> kept = new ArrayList<>();
    private int nextDropoutStream = RandomStreams.FIRST_DROPOUT;
    /** Gradients of parameters that the backend computes together; null where there are none. */
    private PendingGradients pending;

    private boolean reversed;
    private boolean compiled;

    /**
     * @param clock INT32[4] that random operations read, see {@link Randomness}; null where none is recorded
     */
    public Tape(Backend backend, Tensor clock) {
        this.backend = backend;
        this.clock = clock;
    }

    /** A value that is given and not trained. */
    public Variable constant(Tensor value) {
        return new Variable(value, false);
    }

    /** A trained value. */
    public Variable parameter(Parameter parameter) {
        Variable variable = new Variable(parameter.value(), true);
        variable.gradient(parameter.gradient());
        return variable;
    }

    /** Dropout with a random stream of its own; {@link Dropout#NONE} for probability 0. */
    public Dropout newDropout(float probability) {
        int stream = nextDropoutStream++;
        return probability == 0 ? Dropout.NONE : new Dropout(probability, new Randomness(clock, stream));
    }

    /** A new tensor whose memory holds it only while recorded steps need it. */
    public Tensor tensor(String name, DType dtype, int... dimensions) {
        return Tensor.unbound(name, dtype, Shape.of(dimensions));
    }

    /** Keeps the tensor's contents readable after the program has run. Returns the tensor. */
    public Tensor keep(Tensor tensor) {
        kept.add(tensor);
        return tensor;
    }

    /** Appends a step without a backward pass (sampling, metrics). {@code tensors}: all that it reads or writes. */
    public void record(String name, List<Tensor> tensors, Supplier<Operation> prepare) {
        requireRecording();
        forward.add(new Step(name, tensors, prepare));
    }

    /** {@code y = x weight^T + bias}; see {@link Backend#linear}. Bias may be null. */
    public Variable linear(Variable x, Variable weight, Variable bias) {
        Variable y = result(
                "linear", x.value().shape().rows(), weight.value().shape().rows());
        Tensor biasValue = bias == null ? null : bias.value();
        record(
                "linear",
                present(x.value(), weight.value(), biasValue, y.value()),
                () -> backend.linear(x.value(), weight.value(), biasValue, y.value()));
        pullbacks.add(() -> linearBackward(x, weight, bias, y.gradient()));
        return y;
    }

    /** {@code y = gelu(x weight^T + bias)}; see {@link Backend#linearGelu}. */
    public Variable linearGelu(Variable x, Variable weight, Variable bias) {
        int rows = x.value().shape().rows();
        int outputs = weight.value().shape().rows();
        Variable y = result("linearGelu", rows, outputs);
        Tensor preActivation = tensor("preActivation", backend.valueType(), rows, outputs);
        record(
                "linearGelu",
                present(x.value(), weight.value(), bias.value(), preActivation, y.value()),
                () -> backend.linearGelu(x.value(), weight.value(), bias.value(), preActivation, y.value()));
        pullbacks.add(() -> {
            Tensor dy = y.gradient();
            if (dy != null) {
                recordBackward(
                        "geluBackward", present(preActivation, dy), () -> backend.geluBackward(preActivation, dy, dy));
                linearBackward(x, weight, bias, dy);
            }
        });
        return y;
    }

    /**
     * {@code y = gelu(x inner^T + innerBias) outer^T + outerBias}: the feed-forward part of a Transformer layer. Nothing else
     * reads what lies between the two products, so a backend may leave its gradient unwritten; see
     * {@link Backend#linearBackwardInputGelu}.
     */
    public Variable feedForward(Variable x, Variable inner, Variable innerBias, Variable outer, Variable outerBias) {
        int rows = x.value().shape().rows();
        int width = inner.value().shape().rows();
        Tensor preActivation = tensor("preActivation", backend.valueType(), rows, width);
        Tensor activation = tensor("linearGelu", backend.valueType(), rows, width);
        Variable y = result("linear", rows, outer.value().shape().rows());
        record(
                "linearGelu",
                present(x.value(), inner.value(), innerBias.value(), preActivation, activation),
                () -> backend.linearGelu(x.value(), inner.value(), innerBias.value(), preActivation, activation));
        record(
                "linear",
                present(activation, outer.value(), outerBias.value(), y.value()),
                () -> backend.linear(activation, outer.value(), outerBias.value(), y.value()));
        pullbacks.add(() -> {
            Tensor dy = y.gradient();
            if (dy != null) {
                linearBackwardWeight(activation, outer, outerBias, dy);
                Tensor dPreActivation = tensor("dPreActivation", backend.valueType(), rows, width);
                recordBackward(
                        "linearBackwardInputGelu",
                        present(dy, outer.value(), preActivation, dPreActivation),
                        () -> backend.linearBackwardInputGelu(dy, outer.value(), preActivation, dPreActivation));
                linearBackward(x, inner, innerBias, dPreActivation);
            }
        });
        return y;
    }

    private void linearBackwardWeight(Tensor x, Variable weight, Variable bias, Tensor dy) {
        Tensor dWeight = weight.gradient();
        Tensor dBias = bias == null ? null : bias.gradient();
        if (dWeight == null) {
            return;
        }
        PendingGradients together = pending(dWeight, dBias);
        if (together == null) {
            recordBackward(
                    "linearBackwardWeight",
                    present(x, dy, dWeight, dBias),
                    () -> backend.linearBackwardWeight(x, dy, dWeight, dBias));
            return;
        }
        together.addProduct(x, dy, dWeight, dBias);
        if (together.isFull()) {
            finishPending();
        }
    }

    /** The group that gradients which add to these belong to; null where the backend has none. */
    private PendingGradients pending(Tensor first, Tensor second) {
        if (pending != null && pending.addsTo(first, second)) {
            finishPending();
        }
        if (pending == null) {
            GradientGroup group = backend.gradientGroup();
            pending = group == null ? null : new PendingGradients(group);
        }
        return pending;
    }

    private void finishPending() {
        if (pending != null) {
            recordBackward("parameterGradients", pending.tensors(), pending.group()::finish);
            pending = null;
        }
    }

    private void linearBackward(Variable x, Variable weight, Variable bias, Tensor dy) {
        if (dy == null) {
            return;
        }
        linearBackwardWeight(x.value(), weight, bias, dy);
        if (x.requiresGradient()) {
            boolean accumulate = x.gradient() != null;
            Tensor dx = accumulate ? x.gradient() : newGradient(x);
            recordBackward(
                    "linearBackwardInput",
                    present(dy, weight.value(), dx),
                    () -> backend.linearBackwardInput(dy, weight.value(), dx, accumulate));
        }
    }

    /** {@code y = LayerNorm(dropout(x) + residual)}; see {@link Backend#addLayerNorm}. Residual may be null. */
    public Variable addLayerNorm(
            Variable x, Dropout dropout, Variable residual, Variable gamma, Variable beta, float epsilon) {
        int rows = x.value().shape().rows();
        int width = x.value().shape().width();
        Variable y = result("layerNorm", rows, width);
        Tensor sum = tensor("layerNormSum", backend.valueType(), rows, width);
        Tensor stats = tensor("layerNormStats", DType.FLOAT32, rows, 2);
        Tensor residualValue = residual == null ? null : residual.value();
        record(
                "addLayerNorm",
                present(x.value(), residualValue, gamma.value(), beta.value(), sum, y.value(), stats),
                () -> backend.addLayerNorm(
                        x.value(),
                        dropout,
                        residualValue,
                        gamma.value(),
                        beta.value(),
                        epsilon,
                        sum,
                        y.value(),
                        stats));
        pullbacks.add(() -> {
            Tensor dy = y.gradient();
            if (dy == null) {
                return;
            }
            Tensor dx = contribution(x);
            Tensor dResidual = residual == null ? null : contribution(residual);
            Tensor dGamma = gamma.gradient();
            Tensor dBeta = beta.gradient();
            PendingGradients together = pending(dGamma, dBeta);
            List<Tensor> tensors = present(dy, sum, stats, gamma.value(), dx, dResidual, dGamma, dBeta);
            if (together == null) {
                recordBackward(
                        "addLayerNormBackward",
                        tensors,
                        () -> backend.addLayerNormBackward(
                                dy, sum, stats, gamma.value(), dropout, dx, dResidual, dGamma, dBeta));
            } else {
                together.addTarget(dGamma);
                together.addTarget(dBeta);
                recordBackward(
                        "addLayerNormBackward",
                        tensors,
                        () -> together.group()
                                .addLayerNormBackward(
                                        dy, sum, stats, gamma.value(), dropout, dx, dResidual, dGamma, dBeta));
            }
            addContribution(x, dx);
            if (residual != null) {
                addContribution(residual, dResidual);
            }
        });
        return y;
    }

    /** {@code y = dropout(x)}; x itself where dropout is inactive. */
    public Variable dropout(Variable x, Dropout dropout) {
        if (!dropout.isActive()) {
            return x;
        }
        Variable y =
                result("dropout", x.value().shape().rows(), x.value().shape().width());
        record("dropout", present(x.value(), y.value()), () -> backend.dropout(x.value(), dropout, y.value()));
        pullbacks.add(() -> {
            Tensor dy = y.gradient();
            if (dy != null && x.requiresGradient()) {
                Tensor dx = contribution(x);
                recordBackward("dropoutBackward", present(dy, dx), () -> backend.dropout(dy, dropout, dx));
                addContribution(x, dx);
            }
        });
        return y;
    }

    /** Self-attention on packed query, key and value; see {@link Backend#attention}. */
    public Variable attention(Variable qkv, Tensor keyMask, AttentionShape shape, Dropout dropout) {
        Variable out = result("attention", shape.batch() * shape.length(), shape.hiddenSize());
        Tensor logSumExp = tensor("logSumExp", DType.FLOAT32, shape.batch(), shape.heads(), shape.length());
        record(
                "attention",
                present(qkv.value(), keyMask, out.value(), logSumExp),
                () -> backend.attention(qkv.value(), keyMask, shape, dropout, out.value(), logSumExp));
        pullbacks.add(() -> {
            Tensor dOut = out.gradient();
            if (dOut != null) {
                Tensor dQkv = contribution(qkv);
                recordBackward(
                        "attentionBackward",
                        present(qkv.value(), keyMask, out.value(), logSumExp, dOut, dQkv),
                        () -> backend.attentionBackward(
                                qkv.value(), keyMask, shape, dropout, out.value(), logSumExp, dOut, dQkv));
                addContribution(qkv, dQkv);
            }
        });
        return out;
    }

    /** Sum of word, position and type embeddings; see {@link Backend#embedding}. */
    public Variable embedding(
            Tensor ids, Tensor tokenTypes, int length, Variable words, Variable positions, Variable types) {
        Variable y = result("embedding", (int) ids.size(), words.value().shape().width());
        record(
                "embedding",
                present(ids, tokenTypes, words.value(), positions.value(), types.value(), y.value()),
                () -> backend.embedding(
                        ids, tokenTypes, length, words.value(), positions.value(), types.value(), y.value()));
        pullbacks.add(() -> {
            Tensor dy = y.gradient();
            if (dy != null) {
                recordBackward(
                        "embeddingBackward",
                        present(dy, ids, tokenTypes, words.gradient(), positions.gradient(), types.gradient()),
                        () -> backend.embeddingBackward(
                                dy, ids, tokenTypes, length, words.gradient(), positions.gradient(), types.gradient()));
            }
        });
        return y;
    }

    /** {@code y[r] = x[rows[r]]}; see {@link Backend#gatherRows}. */
    public Variable gatherRows(Variable x, Tensor rows) {
        Variable y = result("gatherRows", (int) rows.size(), x.value().shape().width());
        record("gatherRows", present(x.value(), rows, y.value()), () -> backend.gatherRows(x.value(), rows, y.value()));
        pullbacks.add(() -> {
            Tensor dy = y.gradient();
            if (dy != null && x.requiresGradient()) {
                Tensor dx = contribution(x);
                recordBackward(
                        "gatherRowsBackward", present(dy, rows, dx), () -> backend.gatherRowsBackward(dy, rows, dx));
                addContribution(x, dx);
            }
        });
        return y;
    }

    /**
     * Masked-LM loss, weighted by {@code lossWeight} in the backward pass; see {@link Backend#crossEntropy}. The gradient takes
     * the place of the logits.
     *
     * @return the loss FLOAT32[1], without the weight
     */
    public Tensor crossEntropy(
            Variable logits, Tensor labels, Tensor weights, Tensor normalizer, Tensor correct, float lossWeight) {
        Tensor logSumExp =
                tensor("logSumExp", DType.FLOAT32, logits.value().shape().rows());
        Tensor loss = keep(tensor("crossEntropyLoss", DType.FLOAT32, 1));
        record(
                "crossEntropy",
                present(logits.value(), labels, weights, normalizer, logSumExp, correct, loss),
                () -> backend.crossEntropy(logits.value(), labels, weights, normalizer, logSumExp, correct, loss));
        crossEntropyBackward(logits, labels, weights, normalizer, logSumExp, lossWeight);
        return loss;
    }

    /**
     * {@link #crossEntropy}, and one token a row drawn from the same logits, which a backend may then read once; see
     * {@link Backend#crossEntropyAndSample}.
     *
     * @param sampled INT32 [R]
     * @return the loss FLOAT32[1], without the weight
     */
    public Tensor crossEntropyAndSample(
            Variable logits,
            Tensor labels,
            Tensor weights,
            Tensor normalizer,
            Tensor correct,
            float lossWeight,
            float temperature,
            Randomness randomness,
            Tensor sampled) {
        Tensor logSumExp =
                tensor("logSumExp", DType.FLOAT32, logits.value().shape().rows());
        Tensor loss = keep(tensor("crossEntropyLoss", DType.FLOAT32, 1));
        record(
                "crossEntropyAndSample",
                present(logits.value(), labels, weights, normalizer, logSumExp, correct, loss, sampled),
                () -> backend.crossEntropyAndSample(
                        logits.value(),
                        labels,
                        weights,
                        normalizer,
                        logSumExp,
                        correct,
                        loss,
                        temperature,
                        randomness,
                        sampled));
        crossEntropyBackward(logits, labels, weights, normalizer, logSumExp, lossWeight);
        return loss;
    }

    private void crossEntropyBackward(
            Variable logits, Tensor labels, Tensor weights, Tensor normalizer, Tensor logSumExp, float lossWeight) {
        pullbacks.add(() -> {
            logits.gradient(logits.value());
            recordBackward(
                    "crossEntropyBackward",
                    present(logits.value(), labels, weights, normalizer, logSumExp),
                    () -> backend.crossEntropyBackward(
                            logits.value(), labels, weights, normalizer, logSumExp, lossWeight));
        });
    }

    /**
     * Replaced-token-detection loss, weighted by {@code lossWeight} in the backward pass; see
     * {@link Backend#sigmoidCrossEntropy}.
     *
     * @return the loss FLOAT32[1], without the weight
     */
    public Tensor sigmoidCrossEntropy(
            Variable logits, Tensor labels, Tensor mask, Tensor normalizer, Tensor counts, float lossWeight) {
        Tensor loss = keep(tensor("sigmoidLoss", DType.FLOAT32, 1));
        record(
                "sigmoidCrossEntropy",
                present(logits.value(), labels, mask, normalizer, loss, counts),
                () -> backend.sigmoidCrossEntropy(logits.value(), labels, mask, normalizer, loss, counts));
        pullbacks.add(() -> {
            Tensor dLogits = contribution(logits);
            recordBackward(
                    "sigmoidCrossEntropyBackward",
                    present(logits.value(), labels, mask, normalizer, dLogits),
                    () -> backend.sigmoidCrossEntropyBackward(
                            logits.value(), labels, mask, normalizer, lossWeight, dLogits));
            addContribution(logits, dLogits);
        });
        return loss;
    }

    /**
     * Squared error {@code loss[0] = sum(weights (x - targets)^2) / normalizer}, weighted by {@code lossWeight} in the backward
     * pass. There is one number per sequence, so this is computed on the host in double precision, for every backend alike.
     *
     * @param x [R,1] predictions; they stay readable
     * @param targets FLOAT32 [R]
     * @param weights FLOAT32 [R]; rows of weight 0 count for nothing
     * @param normalizer FLOAT32 [1]
     * @return the loss FLOAT32[1], without the weight
     */
    public Tensor squaredError(Variable x, Tensor targets, Tensor weights, Tensor normalizer, float lossWeight) {
        Tensor loss = keep(tensor("squaredErrorLoss", DType.FLOAT32, 1));
        SquaredError rule = new SquaredError(backend, x.value(), targets, weights, normalizer);
        record("squaredError", present(x.value(), targets, weights, normalizer, loss), () -> () -> rule.loss(loss));
        pullbacks.add(() -> {
            Tensor dx = contribution(x);
            recordBackward(
                    "squaredErrorBackward",
                    present(x.value(), targets, weights, normalizer, dx),
                    () -> () -> rule.gradient(lossWeight, dx));
            addContribution(x, dx);
        });
        return loss;
    }

    /**
     * Cross-entropy over the positions of a sequence, as for the start and end of an answer:
     * {@code loss[0] = sum_b weights[b] (1/C) sum_c (log sum_s exp(x[b,s,c]) - x[b,targets[b,c],c]) / normalizer}, the inner sum
     * over allowed positions s, weighted by {@code lossWeight} in the backward pass. The logits are few, so this is computed on
     * the host in double precision, for every backend alike.
     *
     * @param x [B*S,C] logits; they stay readable
     * @param allowed INT32 [B*S]: 0 for positions of probability 0
     * @param targets INT32 [B,C]: an allowed position of each sequence for each column
     * @param weights FLOAT32 [B]; sequences of weight 0 count for nothing
     * @param normalizer FLOAT32 [1]
     * @return the loss FLOAT32[1], without the weight
     */
    public Tensor spanCrossEntropy(
            Variable x, Tensor allowed, Tensor targets, Tensor weights, Tensor normalizer, float lossWeight) {
        Tensor loss = keep(tensor("spanCrossEntropyLoss", DType.FLOAT32, 1));
        SpanCrossEntropy rule = new SpanCrossEntropy(backend, x.value(), allowed, targets, weights, normalizer);
        record(
                "spanCrossEntropy",
                present(x.value(), allowed, targets, weights, normalizer, loss),
                () -> () -> rule.loss(loss));
        pullbacks.add(() -> {
            Tensor dx = contribution(x);
            recordBackward(
                    "spanCrossEntropyBackward",
                    present(x.value(), allowed, targets, weights, normalizer, dx),
                    () -> () -> rule.gradient(lossWeight, dx));
            addContribution(x, dx);
        });
        return loss;
    }

    /**
     * {@code y[r] = gelu(x[r] + shared[rows[r]])}: a dense layer and GELU over pairs of vectors of which the second is the same
     * for many rows, such as one of the sequence for all its positions. The parts of the layer are applied before, as
     * {@code [a, b] W = a W1 + b W2}.
     *
     * @param x [R,N]
     * @param shared [G,N]
     * @param rows INT32 [R]
     */
    public Variable addRowsGelu(Variable x, Variable shared, Tensor rows) {
        int count = x.value().shape().rows();
        int width = x.value().shape().width();
        Tensor sum = tensor("preActivation", backend.valueType(), count, width);
        Variable y = result("addRowsGelu", count, width);
        record("gatherRows", present(shared.value(), rows, sum), () -> backend.gatherRows(shared.value(), rows, sum));
        record("add", present(x.value(), sum), () -> backend.add(x.value(), sum));
        record("gelu", present(sum, y.value()), () -> backend.gelu(sum, y.value()));
        pullbacks.add(() -> {
            Tensor dy = y.gradient();
            if (dy == null) {
                return;
            }
            recordBackward("geluBackward", present(sum, dy), () -> backend.geluBackward(sum, dy, dy));
            Tensor dShared = contribution(shared);
            recordBackward(
                    "gatherRowsBackward",
                    present(dy, rows, dShared),
                    () -> backend.gatherRowsBackward(dy, rows, dShared));
            addContribution(shared, dShared);
            if (x.gradient() == null) {
                x.gradient(dy); // the gradient of the sum is that of x, and nothing else reads it any more
            } else {
                addContribution(x, dy);
            }
        });
        return y;
    }

    /**
     * {@code y[b] = sum_s p[b,s] values[b,s]} with {@code p} the softmax of a sequence's logits over its allowed positions. The
     * softmax is computed on the host, for every backend alike; the sums are matrix products of the backend.
     *
     * @param logits [B*S,1]
     * @param values [B*S,H]
     * @param allowed INT32 [B*S]: 0 for positions of probability 0; each sequence needs one that is not
     * @return [B,H]
     */
    public Variable poolPositions(Variable logits, Variable values, Tensor allowed, int batch) {
        int rows = values.value().shape().rows();
        int width = values.value().shape().width();
        PositionPooling rule = new PositionPooling(backend, logits.value(), values.value(), allowed, batch);
        Variable y = result("poolPositions", batch, width);
        Tensor spread = tensor("spreadProbabilities", backend.valueType(), rows, batch);
        Tensor sums = tensor("poolSums", DType.FLOAT32, batch, width);
        record(
                "poolPositions",
                present(logits.value(), values.value(), allowed, spread, sums, y.value()),
                () -> rule.forward(spread, sums, y.value()));
        pullbacks.add(() -> {
            Tensor dy = y.gradient();
            if (dy == null) {
                return;
            }
            boolean accumulate = values.gradient() != null;
            Tensor dValues = accumulate ? values.gradient() : newGradient(values);
            Tensor dLogits = contribution(logits);
            Tensor products = tensor("poolProducts", backend.valueType(), rows, batch);
            recordBackward(
                    "poolPositionsBackward",
                    present(dy, values.value(), spread, products, dLogits, dValues),
                    () -> rule.backward(dy, spread, products, dLogits, dValues, accumulate));
            addContribution(logits, dLogits);
        });
        return y;
    }

    /** Records the backward pass of all losses on the tape. Once, after all forward operations. */
    public void backward() {
        requireRecording();
        reversed = true;
        List<Runnable> reverse = new ArrayList<>(pullbacks);
        Collections.reverse(reverse);
        reverse.forEach(Runnable::run);
        finishPending();
    }

    /** Lays out the memory and prepares every operation. */
    public Program compile() {
        return compile(new Workspace(backend));
    }

    /** As {@link #compile()}, in memory that other programs may use as well; of these one runs at a time. */
    public Program compile(Workspace workspace) {
        if (compiled) {
            throw new IllegalStateException("this tape has been compiled already");
        }
        compiled = true;
        List<Step> all = new ArrayList<>(forward);
        all.addAll(backward);
        return new Program(forward, backward, MemoryPlan.bind(all, kept, workspace));
    }

    private Variable result(String name, int rows, int width) {
        return new Variable(tensor(name, backend.valueType(), rows, width), true);
    }

    private void recordBackward(String name, List<Tensor> tensors, Supplier<Operation> prepare) {
        backward.add(new Step(name, tensors, prepare));
    }

    private void requireRecording() {
        if (reversed || compiled) {
            throw new IllegalStateException("operations must be recorded before backward() and compile()");
        }
    }

    private Tensor newGradient(Variable x) {
        Tensor gradient = Tensor.unbound(
                "d" + x.value().name(), x.value().dtype(), x.value().shape());
        x.gradient(gradient);
        return gradient;
    }

    /** The tensor that one contribution to x's gradient overwrites: the gradient itself for the first, then a temporary. */
    private Tensor contribution(Variable x) {
        return x.gradient() == null
                ? newGradient(x)
                : Tensor.unbound(
                        "d" + x.value().name() + "Part",
                        x.value().dtype(),
                        x.value().shape());
    }

    private void addContribution(Variable x, Tensor written) {
        Tensor gradient = x.gradient();
        if (gradient != written) {
            recordBackward("add", present(written, gradient), () -> backend.add(written, gradient));
        }
    }

    private static List<Tensor> present(Tensor... tensors) {
        List<Tensor> list = new ArrayList<>();
        for (Tensor tensor : tensors) {
            if (tensor != null) {
                list.add(tensor);
            }
        }
        return list;
    }
}
