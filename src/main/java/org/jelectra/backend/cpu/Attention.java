package org.jelectra.backend.cpu;

import org.jelectra.backend.AttentionOperands;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/**
 * Self-attention, one task per sequence and head: the S x S scores stay in that worker's scratch memory (64 KiB at S = 128,
 * within the second-level cache) and are computed again in the backward pass rather than stored. Trailing padding keys are
 * skipped altogether.
 */
final class Attention {

    private final Workers workers;
    private final CpuKernels kernels;
    private final PanelGemm gemm;
    private final float[][] scratch;

    Attention(Workers workers, CpuKernels kernels, PanelGemm gemm) {
        this.workers = workers;
        this.kernels = kernels;
        this.gemm = gemm;
        this.scratch = new float[workers.count()][0];
    }

    Operation forward(AttentionOperands operands) {
        return overHeads(new AttentionForward(kernels, gemm, operands));
    }

    Operation backward(AttentionOperands operands, Tensor dOut, Tensor dQkv) {
        return overHeads(new AttentionBackward(kernels, gemm, operands, dOut, dQkv));
    }

    private Operation overHeads(AttentionPass pass) {
        for (int worker = 0; worker < scratch.length; worker++) {
            if (scratch[worker].length < pass.scratchSize()) {
                scratch[worker] = new float[pass.scratchSize()];
            }
        }
        Workers.Body body = (task, worker) -> pass.run(task, worker, scratch[worker]);
        return () -> workers.run(pass.tasks, body);
    }
}
