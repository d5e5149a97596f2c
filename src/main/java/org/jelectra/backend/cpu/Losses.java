package org.jelectra.backend.cpu;

import java.util.Arrays;
import org.jelectra.backend.CrossEntropyOperands;
import org.jelectra.backend.Operation;
import org.jelectra.backend.SigmoidCrossEntropyOperands;
import org.jelectra.tensor.Tensor;

/** The two losses of ELECTRA and their gradients. Rows in parallel, then one sum in ascending order. */
final class Losses {

    /** Tokens of one task of the per-token loss. */
    private static final int TOKENS = 256;

    private final Workers workers;
    private final CpuKernels kernels;

    Losses(Workers workers, CpuKernels kernels) {
        this.workers = workers;
        this.kernels = kernels;
    }

    Operation crossEntropy(CrossEntropyOperands operands) {
        float[] xs = CpuStorage.floats(operands.logits());
        Ints labelValues = Ints.of(operands.labels());
        Floats weightValues = Floats.of(operands.weights());
        Floats normalizers = Floats.of(operands.normalizer());
        Floats lse = Floats.of(operands.logSumExp());
        Floats corrects = Floats.of(operands.correct());
        Floats losses = Floats.of(operands.loss());
        int xo = CpuStorage.offset(operands.logits());
        int rows = operands.logits().shape().rows();
        int vocabulary = operands.logits().shape().width();
        double[] terms = new double[rows];
        Workers.Body body = (row, worker) -> {
            int at = xo + row * vocabulary;
            int best = kernels.argMax(xs, at, vocabulary);
            float maximum = xs[at + best];
            double logSum = Math.log(kernels.sumExp(1, maximum, xs, at, vocabulary)); // NaN without a softmax
            lse.set(row, maximum + (float) logSum);
            int label = labelValues.get(row);
            corrects.set(row, best == label && !Double.isNaN(logSum) ? 1 : 0);
            float weight = weightValues.get(row);
            double own = logit(xs, at, vocabulary, label);
            if (weight != 0) {
                Rows.row("cross-entropy: label", operands.labels(), label, vocabulary);
            }
            // not of the log-sum-exp, in which large logits would leave nothing of the sum
            terms[row] = weight == 0 ? 0 : weight * (maximum - own + logSum);
        };
        return () -> {
            workers.run(rows, body);
            double sum = 0;
            for (double term : terms) {
                sum += term;
            }
            losses.set(0, (float) (sum / normalizers.get(0)));
        };
    }

    /** A column of the row that begins there; minus infinity, that of a word which does not exist, where the row has no such column. */
    static double logit(float[] xs, int at, int width, int column) {
        return column >= 0 && column < width ? xs[at + column] : Double.NEGATIVE_INFINITY;
    }

    /** Subtracts from that column, where the row has it. */
    static void subtract(float factor, float[] xs, int at, int width, int column) {
        if (column >= 0 && column < width) {
            xs[at + column] -= factor;
        }
    }

    Operation crossEntropyBackward(CrossEntropyOperands operands, float scale) {
        float[] xs = CpuStorage.floats(operands.logits());
        Ints labelValues = Ints.of(operands.labels());
        Floats weightValues = Floats.of(operands.weights());
        Floats normalizers = Floats.of(operands.normalizer());
        Floats lse = Floats.of(operands.logSumExp());
        int xo = CpuStorage.offset(operands.logits());
        int rows = operands.logits().shape().rows();
        int vocabulary = operands.logits().shape().width();
        Workers.Body body = (row, worker) -> {
            int at = xo + row * vocabulary;
            float weight = weightValues.get(row);
            if (weight == 0) {
                Arrays.fill(xs, at, at + vocabulary, 0f);
                return;
            }
            float factor = scale * weight / normalizers.get(0);
            kernels.exp(1, lse.get(row), factor, xs, at, xs, at, vocabulary);
            subtract(factor, xs, at, vocabulary, labelValues.get(row));
        };
        return () -> workers.run(rows, body);
    }

    /** @param dLogits null for no gradient */
    Operation sigmoidCrossEntropy(SigmoidCrossEntropyOperands operands, float scale, Tensor dLogits) {
        Operation loss = sigmoidCrossEntropy(operands);
        return dLogits == null ? loss : loss.then(sigmoidGradient(operands, scale, dLogits));
    }

    private Operation sigmoidCrossEntropy(SigmoidCrossEntropyOperands operands) {
        Floats xs = Floats.of(operands.logits());
        Ints labelValues = Ints.of(operands.labels());
        Ints maskValues = Ints.of(operands.mask());
        Floats normalizers = Floats.of(operands.normalizer());
        Floats losses = Floats.of(operands.loss());
        float[] countValues = CpuStorage.floats(operands.counts());
        int countAt = CpuStorage.offset(operands.counts());
        int tokens = (int) operands.logits().size();
        int tasks = Workers.tasks(tokens, TOKENS);
        double[] sums = new double[tasks];
        Workers.Body body = (task, worker) -> {
            double sum = 0;
            int from = task * TOKENS;
            int end = from + Math.min(TOKENS, tokens - from);
            for (int i = from; i < end; i++) {
                if (maskValues.get(i) != 0) {
                    double x = xs.get(i);
                    sum += Math.max(x, 0) - x * labelValues.get(i) + Math.log1p(Math.exp(-Math.abs(x)));
                }
            }
            sums[task] = sum;
        };
        return () -> {
            workers.run(tasks, body);
            double sum = 0;
            for (double part : sums) {
                sum += part;
            }
            losses.set(0, (float) (sum / normalizers.get(0)));
            Arrays.fill(countValues, countAt, countAt + 4, 0f);
            for (int i = 0; i < tokens; i++) {
                if (maskValues.get(i) != 0) {
                    boolean predicted = xs.get(i) > 0;
                    boolean replaced = labelValues.get(i) != 0;
                    countValues[countAt + (predicted ? (replaced ? 0 : 1) : (replaced ? 3 : 2))]++;
                }
            }
        };
    }

    private Operation sigmoidGradient(SigmoidCrossEntropyOperands operands, float scale, Tensor dLogits) {
        Floats xs = Floats.of(operands.logits());
        Ints labelValues = Ints.of(operands.labels());
        Ints maskValues = Ints.of(operands.mask());
        Floats normalizers = Floats.of(operands.normalizer());
        Floats dxs = Floats.of(dLogits);
        int tokens = (int) operands.logits().size();
        Workers.Body body = (task, worker) -> {
            double factor = (double) scale / normalizers.get(0);
            int from = task * TOKENS;
            int end = from + Math.min(TOKENS, tokens - from);
            for (int i = from; i < end; i++) {
                double sigmoid = 1 / (1 + Math.exp(-xs.get(i)));
                dxs.set(i, maskValues.get(i) == 0 ? 0 : (float) (factor * (sigmoid - labelValues.get(i))));
            }
        };
        return () -> workers.run(Workers.tasks(tokens, TOKENS), body);
    }
}
