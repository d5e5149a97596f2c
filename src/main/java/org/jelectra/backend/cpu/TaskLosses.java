package org.jelectra.backend.cpu;

import java.util.Arrays;
import org.jelectra.backend.Operation;
import org.jelectra.backend.SpanCrossEntropyOperands;
import org.jelectra.tensor.Tensor;

/** Losses of fine-tuning, with their gradients, in double precision: they are few numbers. */
final class TaskLosses {

    private final Workers workers;

    TaskLosses(Workers workers) {
        this.workers = workers;
    }

    /** @param dx null for no gradient */
    Operation squaredError(
            Tensor x, Tensor targets, Tensor weights, Tensor normalizer, Tensor loss, float scale, Tensor dx) {
        Floats xs = Floats.of(x);
        Floats targetValues = Floats.of(targets);
        Floats weightValues = Floats.of(weights);
        Floats normalizers = Floats.of(normalizer);
        Floats losses = Floats.of(loss);
        float[] dxs = dx == null ? null : CpuStorage.floats(dx);
        int dxo = dx == null ? 0 : CpuStorage.offset(dx);
        int rows = (int) x.size();
        Workers.Body body = (task, worker) -> {
            double divisor = normalizers.get(0);
            double sum = 0;
            for (int i = 0; i < rows; i++) {
                double weight = weightValues.get(i);
                // a row that does not count must not spoil the sum, whatever it holds
                double difference = weight == 0 ? 0 : (double) xs.get(i) - targetValues.get(i);
                sum += weight * difference * difference;
                if (dxs != null) {
                    dxs[dxo + i] = (float) (2 * scale * weight * difference / divisor);
                }
            }
            losses.set(0, (float) (sum / divisor));
        };
        return () -> workers.run(1, body);
    }

    /** @param dLogits null for no gradient */
    Operation spanCrossEntropy(SpanCrossEntropyOperands operands, float scale, Tensor dLogits) {
        float[] xs = CpuStorage.floats(operands.logits());
        int[] open = CpuStorage.ints(operands.allowed());
        int[] targets = CpuStorage.ints(operands.targets());
        float[] weights = CpuStorage.floats(operands.weights());
        Floats normalizers = Floats.of(operands.normalizer());
        Floats losses = Floats.of(operands.loss());
        float[] dxs = dLogits == null ? null : CpuStorage.floats(dLogits);
        int xo = CpuStorage.offset(operands.logits());
        int openAt = CpuStorage.offset(operands.allowed());
        int targetAt = CpuStorage.offset(operands.targets());
        int weightAt = CpuStorage.offset(operands.weights());
        int dxo = dLogits == null ? 0 : CpuStorage.offset(dLogits);
        int batch = (int) operands.weights().size();
        int columns = operands.logits().shape().width();
        int length = operands.logits().shape().rows() / batch;
        Workers.Body body = (task, worker) -> {
            double divisor = (double) normalizers.get(0) * columns;
            double sum = 0;
            for (int sequence = 0; sequence < batch; sequence++) {
                double weight = weights[weightAt + sequence];
                int from = sequence * length * columns;
                if (weight == 0) {
                    if (dxs != null) {
                        Arrays.fill(dxs, dxo + from, dxo + from + length * columns, 0);
                    }
                    continue;
                }
                int allowed = openAt + sequence * length;
                for (int column = 0; column < columns; column++) {
                    int target = targets[targetAt + sequence * columns + column];
                    if (target < 0 || target >= length || open[allowed + target] == 0) {
                        throw new IllegalStateException("cross-entropy over positions: the target of sequence "
                                + sequence + " must be an allowed position below " + length + ", got " + target + " in "
                                + operands.targets());
                    }
                    int at = xo + from + column;
                    double logSumExp = logSumExp(xs, at, columns, open, allowed, length);
                    sum += weight * (logSumExp - xs[at + target * columns]);
                    if (dxs != null) {
                        double factor = scale * weight / divisor;
                        for (int i = 0; i < length; i++) {
                            double p = open[allowed + i] == 0 ? 0 : Math.exp(xs[at + i * columns] - logSumExp);
                            dxs[dxo + from + column + i * columns] = (float) (factor * (p - (i == target ? 1 : 0)));
                        }
                    }
                }
            }
            losses.set(0, (float) (sum / divisor));
        };
        return () -> workers.run(1, body);
    }

    /** Log of the sum of exp of a sequence's allowed numbers, {@code stride} apart; minus infinity where none is allowed. */
    static double logSumExp(float[] xs, int at, int stride, int[] open, int openAt, int length) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            if (open[openAt + i] != 0) {
                largest = Math.max(largest, xs[at + i * stride]);
            }
        }
        double sum = 0;
        for (int i = 0; i < length; i++) {
            if (open[openAt + i] != 0) {
                sum += Math.exp(xs[at + i * stride] - largest);
            }
        }
        return largest + Math.log(sum);
    }
}
