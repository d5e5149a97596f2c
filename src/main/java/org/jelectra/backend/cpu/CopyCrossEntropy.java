package org.jelectra.backend.cpu;

import java.util.Arrays;
import org.jelectra.backend.CopyCrossEntropyOperands;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** The masked-LM loss of rows that may copy a token. Rows in parallel, their few scalars in double, one sum in ascending order. */
final class CopyCrossEntropy {

    /** Log of the larger part of a probability above which that is far enough from 0 to be divided by. */
    private static final double LIKELY = -1;

    private final Workers workers;
    private final CpuKernels kernels;

    CopyCrossEntropy(Workers workers, CpuKernels kernels) {
        this.workers = workers;
        this.kernels = kernels;
    }

    Operation forward(CopyCrossEntropyOperands operands) {
        float[] xs = CpuStorage.floats(operands.logits());
        float[] gates = CpuStorage.floats(operands.gate());
        int[] copies = CpuStorage.ints(operands.copied());
        int[] labels = CpuStorage.ints(operands.labels());
        int[] mask = CpuStorage.ints(operands.mask());
        float[] normalizers = CpuStorage.floats(operands.normalizer());
        float[] lse = CpuStorage.floats(operands.logSumExp());
        float[] corrects = CpuStorage.floats(operands.correct());
        float[] losses = CpuStorage.floats(operands.loss());
        int xo = CpuStorage.offset(operands.logits());
        int gateAt = CpuStorage.offset(operands.gate());
        int copiedAt = CpuStorage.offset(operands.copied());
        int labelAt = CpuStorage.offset(operands.labels());
        int maskAt = CpuStorage.offset(operands.mask());
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
            lse[lseAt + row] = (float) (maximum + logSum);
            int label = labels[labelAt + row];
            int copied = copies[copiedAt + row];
            double gate = gates[gateAt + row];
            double lead = Math.exp(-logSum) - Math.exp(Losses.logit(xs, at, vocabulary, copied) - maximum - logSum);
            boolean right = label == (Math.exp(gate) >= lead ? copied : best);
            corrects[correctAt + row] = right && !Double.isNaN(logSum) ? 1 : 0;
            double own = Losses.logit(xs, at, vocabulary, label);
            if (mask[maskAt + row] != 0) {
                Rows.row("cross-entropy with copying: label", operands.labels(), label, vocabulary);
            }
            terms[row] = mask[maskAt + row] == 0
                    ? 0
                    : own == Double.NEGATIVE_INFINITY
                            ? Double.POSITIVE_INFINITY + logSum // no word, whatever is copied
                            : loss(own - maximum - logSum, gate, label == copied);
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

    /** {@code -log p} of a label that the softmax gives that log-probability. */
    private static double loss(double logProbability, double gate, boolean isCopied) {
        double softplus = Logistic.softplus(gate);
        if (!isCopied) {
            return softplus - logProbability;
        }
        double larger = Math.max(logProbability, gate);
        if (larger > LIKELY) {
            // 1/p = 1 + (1 - s) / (exp(gate) + s), without the cancellation of two logarithms
            return Math.log1p(-Math.expm1(logProbability) / (Math.exp(gate) + Math.exp(logProbability)));
        }
        return softplus - larger - Math.log1p(Math.exp(-Math.abs(logProbability - gate)));
    }

    Operation backward(CopyCrossEntropyOperands operands, float scale, Tensor dGate) {
        float[] xs = CpuStorage.floats(operands.logits());
        float[] gates = CpuStorage.floats(operands.gate());
        int[] copies = CpuStorage.ints(operands.copied());
        int[] labels = CpuStorage.ints(operands.labels());
        int[] mask = CpuStorage.ints(operands.mask());
        float[] normalizers = CpuStorage.floats(operands.normalizer());
        float[] lse = CpuStorage.floats(operands.logSumExp());
        float[] dGates = CpuStorage.floats(dGate);
        int xo = CpuStorage.offset(operands.logits());
        int gateAt = CpuStorage.offset(operands.gate());
        int copiedAt = CpuStorage.offset(operands.copied());
        int labelAt = CpuStorage.offset(operands.labels());
        int maskAt = CpuStorage.offset(operands.mask());
        int normalizerAt = CpuStorage.offset(operands.normalizer());
        int lseAt = CpuStorage.offset(operands.logSumExp());
        int dGateAt = CpuStorage.offset(dGate);
        int rows = operands.logits().shape().rows();
        int vocabulary = operands.logits().shape().width();
        Workers.Body body = (row, worker) -> {
            int at = xo + row * vocabulary;
            if (mask[maskAt + row] == 0) {
                Arrays.fill(xs, at, at + vocabulary, 0f);
                dGates[dGateAt + row] = 0;
                return;
            }
            int label = labels[labelAt + row];
            boolean isCopied = label == copies[copiedAt + row];
            double gate = gates[gateAt + row];
            double factor = (double) scale / normalizers[normalizerAt];
            double logProbability = Losses.logit(xs, at, vocabulary, label) - lse[lseAt + row];
            double predicted = isCopied ? Logistic.sigmoid(logProbability - gate) : 1;
            dGates[dGateAt + row] = (float) (factor
                    * (isCopied
                            ? Logistic.sigmoid(-gate)
                                    * Math.expm1(logProbability)
                                    * Logistic.sigmoid(gate - logProbability)
                            : Logistic.sigmoid(gate)));
            float rowFactor = (float) (factor * predicted);
            kernels.exp(1, lse[lseAt + row], rowFactor, xs, at, xs, at, vocabulary);
            Losses.subtract(rowFactor, xs, at, vocabulary, label);
        };
        return () -> workers.run(rows, body);
    }
}
