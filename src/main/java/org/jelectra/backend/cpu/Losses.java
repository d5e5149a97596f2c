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
        int[] labelValues = CpuStorage.ints(operands.labels());
        float[] weightValues = CpuStorage.floats(operands.weights());
        float[] normalizers = CpuStorage.floats(operands.normalizer());
        float[] lse = CpuStorage.floats(operands.logSumExp());
        float[] corrects = CpuStorage.floats(operands.correct());
        float[] losses = CpuStorage.floats(operands.loss());
        int xo = CpuStorage.offset(operands.logits());
        int labelAt = CpuStorage.offset(operands.labels());
        int weightAt = CpuStorage.offset(operands.weights());
        int normalizerAt = CpuStorage.offset(operands.normalizer());
        int lseAt = CpuStorage.offset(operands.logSumExp());
        int correctAt = CpuStorage.offset(operands.correct());
        int lossAt = CpuStorage.offset(operands.loss());
        int rows = operands.logits().shape().rows();
        int vocabulary = operands.logits().shape().width();
        double[] terms = new double[rows];
        Workers.Body body = (row, worker) -> {
            int at = xo + row * vocabulary;
            int best = kernels.argMax(xs, at, vocabulary);
            float maximum = xs[at + best];
            double logSum = Math.log(kernels.sumExp(1, maximum, xs, at, vocabulary)); // NaN without a softmax
            lse[lseAt + row] = maximum + (float) logSum;
            int label = labelValues[labelAt + row];
            corrects[correctAt + row] = best == label && !Double.isNaN(logSum) ? 1 : 0;
            float weight = weightValues[weightAt + row];
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
            losses[lossAt] = (float) (sum / normalizers[normalizerAt]);
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
        int[] labelValues = CpuStorage.ints(operands.labels());
        float[] weightValues = CpuStorage.floats(operands.weights());
        float[] normalizers = CpuStorage.floats(operands.normalizer());
        float[] lse = CpuStorage.floats(operands.logSumExp());
        int xo = CpuStorage.offset(operands.logits());
        int labelAt = CpuStorage.offset(operands.labels());
        int weightAt = CpuStorage.offset(operands.weights());
        int normalizerAt = CpuStorage.offset(operands.normalizer());
        int lseAt = CpuStorage.offset(operands.logSumExp());
        int rows = operands.logits().shape().rows();
        int vocabulary = operands.logits().shape().width();
        Workers.Body body = (row, worker) -> {
            int at = xo + row * vocabulary;
            float weight = weightValues[weightAt + row];
            if (weight == 0) {
                Arrays.fill(xs, at, at + vocabulary, 0f);
                return;
            }
            float factor = scale * weight / normalizers[normalizerAt];
            kernels.exp(1, lse[lseAt + row], factor, xs, at, xs, at, vocabulary);
            subtract(factor, xs, at, vocabulary, labelValues[labelAt + row]);
        };
        return () -> workers.run(rows, body);
    }

    /** @param dLogits null for no gradient */
    Operation sigmoidCrossEntropy(SigmoidCrossEntropyOperands operands, float scale, Tensor dLogits) {
        Operation loss = sigmoidCrossEntropy(operands);
        return dLogits == null ? loss : loss.then(sigmoidGradient(operands, scale, dLogits));
    }

    private Operation sigmoidCrossEntropy(SigmoidCrossEntropyOperands operands) {
        float[] xs = CpuStorage.floats(operands.logits());
        int[] labelValues = CpuStorage.ints(operands.labels());
        int[] maskValues = CpuStorage.ints(operands.mask());
        float[] normalizers = CpuStorage.floats(operands.normalizer());
        float[] losses = CpuStorage.floats(operands.loss());
        float[] countValues = CpuStorage.floats(operands.counts());
        int xo = CpuStorage.offset(operands.logits());
        int labelAt = CpuStorage.offset(operands.labels());
        int maskAt = CpuStorage.offset(operands.mask());
        int normalizerAt = CpuStorage.offset(operands.normalizer());
        int lossAt = CpuStorage.offset(operands.loss());
        int countAt = CpuStorage.offset(operands.counts());
        int tokens = (int) operands.logits().size();
        int tasks = Workers.tasks(tokens, TOKENS);
        double[] sums = new double[tasks];
        Workers.Body body = (task, worker) -> {
            double sum = 0;
            int from = task * TOKENS;
            int end = from + Math.min(TOKENS, tokens - from);
            for (int i = from; i < end; i++) {
                if (maskValues[maskAt + i] != 0) {
                    double x = xs[xo + i];
                    sum += Math.max(x, 0) - x * labelValues[labelAt + i] + Math.log1p(Math.exp(-Math.abs(x)));
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
            losses[lossAt] = (float) (sum / normalizers[normalizerAt]);
            Arrays.fill(countValues, countAt, countAt + 4, 0f);
            for (int i = 0; i < tokens; i++) {
                if (maskValues[maskAt + i] != 0) {
                    boolean predicted = xs[xo + i] > 0;
                    boolean replaced = labelValues[labelAt + i] != 0;
                    countValues[countAt + (predicted ? (replaced ? 0 : 1) : (replaced ? 3 : 2))]++;
                }
            }
        };
    }

    private Operation sigmoidGradient(SigmoidCrossEntropyOperands operands, float scale, Tensor dLogits) {
        float[] xs = CpuStorage.floats(operands.logits());
        int[] labelValues = CpuStorage.ints(operands.labels());
        int[] maskValues = CpuStorage.ints(operands.mask());
        float[] normalizers = CpuStorage.floats(operands.normalizer());
        float[] dxs = CpuStorage.floats(dLogits);
        int xo = CpuStorage.offset(operands.logits());
        int labelAt = CpuStorage.offset(operands.labels());
        int maskAt = CpuStorage.offset(operands.mask());
        int normalizerAt = CpuStorage.offset(operands.normalizer());
        int dxo = CpuStorage.offset(dLogits);
        int tokens = (int) operands.logits().size();
        Workers.Body body = (task, worker) -> {
            double factor = (double) scale / normalizers[normalizerAt];
            int from = task * TOKENS;
            int end = from + Math.min(TOKENS, tokens - from);
            for (int i = from; i < end; i++) {
                double sigmoid = 1 / (1 + Math.exp(-xs[xo + i]));
                dxs[dxo + i] =
                        maskValues[maskAt + i] == 0 ? 0 : (float) (factor * (sigmoid - labelValues[labelAt + i]));
            }
        };
        return () -> workers.run(Workers.tasks(tokens, TOKENS), body);
    }
}
