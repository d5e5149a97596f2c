package org.jelectra.backend.cpu;

import java.util.Arrays;
import org.jelectra.backend.Operation;
import org.jelectra.backend.PositionPoolingOperands;
import org.jelectra.tensor.Tensor;

/** Means under a softmax over positions, and their gradients; sequences in parallel. */
final class PositionPooling {

    private final Workers workers;
    private final CpuKernels kernels;

    PositionPooling(Workers workers, CpuKernels kernels) {
        this.workers = workers;
        this.kernels = kernels;
    }

    Operation forward(PositionPoolingOperands operands) {
        float[] xs = CpuStorage.floats(operands.logits());
        float[] values = CpuStorage.floats(operands.values());
        int[] open = CpuStorage.ints(operands.allowed());
        Floats lse = Floats.of(operands.logSumExp());
        float[] ys = CpuStorage.floats(operands.y());
        int xo = CpuStorage.offset(operands.logits());
        int valuesAt = CpuStorage.offset(operands.values());
        int openAt = CpuStorage.offset(operands.allowed());
        int yo = CpuStorage.offset(operands.y());
        int batch = operands.batch();
        int length = operands.length();
        int width = operands.values().shape().width();
        Workers.Body body = (sequence, worker) -> {
            int from = sequence * length;
            double logSumExp = TaskLosses.logSumExp(xs, xo + from, 1, open, openAt + from, length);
            lse.set(sequence, (float) logSumExp);
            int y = yo + sequence * width;
            Arrays.fill(ys, y, y + width, 0);
            for (int row = from; row < from + length; row++) {
                if (open[openAt + row] != 0) {
                    float p = (float) Math.exp(xs[xo + row] - logSumExp);
                    kernels.addScaled(p, values, valuesAt + row * width, ys, y, width);
                }
            }
        };
        return () -> {
            for (int sequence = 0; sequence < batch; sequence++) {
                requireAllowed(operands.allowed(), sequence, length);
            }
            workers.run(batch, body);
        };
    }

    private static void requireAllowed(Tensor allowed, int sequence, int length) {
        int[] open = CpuStorage.ints(allowed);
        int from = CpuStorage.offset(allowed) + sequence * length;
        for (int i = from; i < from + length; i++) {
            if (open[i] != 0) {
                return;
            }
        }
        throw new IllegalStateException("mean over positions: sequence " + sequence
                + " must have an allowed position, found none in " + allowed);
    }

    Operation backward(
            PositionPoolingOperands operands, Tensor dy, Tensor dLogits, Tensor dValues, boolean accumulate) {
        Floats xs = Floats.of(operands.logits());
        float[] values = CpuStorage.floats(operands.values());
        Ints open = Ints.of(operands.allowed());
        Floats lse = Floats.of(operands.logSumExp());
        float[] dys = CpuStorage.floats(dy);
        Floats dxs = Floats.of(dLogits);
        float[] dvs = CpuStorage.floats(dValues);
        int valuesAt = CpuStorage.offset(operands.values());
        int dyo = CpuStorage.offset(dy);
        int dvo = CpuStorage.offset(dValues);
        int batch = operands.batch();
        int length = operands.length();
        int width = operands.values().shape().width();
        float[] probabilities = new float[batch * length];
        float[] products = new float[batch * length];
        Workers.Body body = (sequence, worker) -> {
            int y = dyo + sequence * width;
            int from = sequence * length;
            double mean = 0;
            for (int row = from; row < from + length; row++) {
                int dv = dvo + row * width;
                if (!accumulate) {
                    Arrays.fill(dvs, dv, dv + width, 0);
                }
                boolean allowed = open.get(row) != 0;
                float p = allowed ? (float) Math.exp((double) xs.get(row) - lse.get(sequence)) : 0;
                probabilities[row] = p;
                if (allowed) {
                    products[row] = kernels.dot(values, valuesAt + row * width, dys, y, width);
                    mean += (double) p * products[row];
                    kernels.addScaled(p, dys, y, dvs, dv, width);
                }
            }
            for (int row = from; row < from + length; row++) {
                boolean allowed = open.get(row) != 0;
                dxs.set(row, allowed ? (float) (probabilities[row] * (products[row] - mean)) : 0);
            }
        };
        return () -> workers.run(batch, body);
    }
}
