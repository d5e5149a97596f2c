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
        Floats gates = Floats.of(operands.gate());
        Ints copies = Ints.of(operands.copied());
        Ints labels = Ints.of(operands.labels());
        Ints mask = Ints.of(operands.mask());
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
            lse.set(row, (float) (maximum + logSum));
            int label = labels.get(row);
            int copied = copies.get(row);
            double gate = gates.get(row);
            double lead = Math.exp(-logSum) - Math.exp(Losses.logit(xs, at, vocabulary, copied) - maximum - logSum);
            boolean right = label == (Math.exp(gate) >= lead ? copied : best);
            corrects.set(row, right && !Double.isNaN(logSum) ? 1 : 0);
            double own = Losses.logit(xs, at, vocabulary, label);
            if (mask.get(row) != 0) {
                Rows.row("cross-entropy with copying: label", operands.labels(), label, vocabulary);
            }
            terms[row] = mask.get(row) == 0
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
            losses.set(0, (float) (sum / normalizers.get(0)));
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
        Floats gates = Floats.of(operands.gate());
        Ints copies = Ints.of(operands.copied());
        Ints labels = Ints.of(operands.labels());
        Ints mask = Ints.of(operands.mask());
        Floats normalizers = Floats.of(operands.normalizer());
        Floats lse = Floats.of(operands.logSumExp());
        Floats dGates = Floats.of(dGate);
        int xo = CpuStorage.offset(operands.logits());
        int rows = operands.logits().shape().rows();
        int vocabulary = operands.logits().shape().width();
        Workers.Body body = (row, worker) -> {
            int at = xo + row * vocabulary;
            if (mask.get(row) == 0) {
                Arrays.fill(xs, at, at + vocabulary, 0f);
                dGates.set(row, 0);
                return;
            }
            int label = labels.get(row);
            boolean isCopied = label == copies.get(row);
            double gate = gates.get(row);
            double factor = (double) scale / normalizers.get(0);
            double logProbability = Losses.logit(xs, at, vocabulary, label) - lse.get(row);
            double predicted = isCopied ? Logistic.sigmoid(logProbability - gate) : 1;
            dGates.set(row, (float) (factor
                    * (isCopied
                            ? Logistic.sigmoid(-gate)
                                    * Math.expm1(logProbability)
                                    * Logistic.sigmoid(gate - logProbability)
                            : Logistic.sigmoid(gate))));
            float rowFactor = (float) (factor * predicted);
            kernels.exp(1, lse.get(row), rowFactor, xs, at, xs, at, vocabulary);
            Losses.subtract(rowFactor, xs, at, vocabulary, label);
        };
        return () -> workers.run(rows, body);
    }
}
