package org.jelectra.backend.cuda;

import org.jelectra.backend.Operation;
import org.jelectra.gpu.Kernel;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.Tensor;

/** Launches of losses of which a block takes one row of logits. Kernels: those that include {@code kernels/common/row_loss.cuh}. */
final class LossRows {

    private static final int LONG_ROW = 2048;
    private static final int PACK_BYTES = 16;

    private final Device device;
    private final String family;

    LossRows(Device device, String family) {
        this.device = device;
        this.family = family;
    }

    /** Threads of a block that takes one row of that many words. */
    static int threads(int vocabulary) {
        return vocabulary < LONG_ROW ? 128 : 512;
    }

    /** A block for each row, at least one, which leaves the loss of none. */
    Operation forward(String kernel, Tensor logits, KernelArguments arguments) {
        return device.operation(device.kernel(family, kernel, logits.dtype()), shape(logits), arguments);
    }

    /** The same with a copy of the row in shared memory where it fits there; scale and whether it does are the last arguments. */
    Operation withGradient(String name, Tensor logits, KernelArguments arguments, float scale) {
        int packSize = PACK_BYTES / logits.dtype().bytes();
        // a row begins anywhere in its first two packs
        long packs = (logits.shape().width() + 3L * packSize - 2) / packSize;
        Kernel kernel = device.kernel(family, name, logits.dtype());
        boolean copied = packs * PACK_BYTES + kernel.attributes().staticSharedBytes()
                <= device.gpu().properties().sharedMemoryPerBlock();
        return device.operation(
                kernel,
                shape(logits).withShared(copied ? (int) packs * PACK_BYTES : 0),
                arguments.float32(scale).int32(copied ? 1 : 0));
    }

    /** A block for each row; nothing where there is none. */
    Operation backward(String kernel, Tensor logits, KernelArguments arguments) {
        return logits.size() == 0 ? () -> {} : forward(kernel, logits, arguments);
    }

    private static LaunchShape shape(Tensor logits) {
        return LaunchShape.of(
                Packs.blocks(logits.shape().rows(), 1), threads(logits.shape().width()));
    }
}
