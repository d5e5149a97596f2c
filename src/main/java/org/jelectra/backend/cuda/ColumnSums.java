package org.jelectra.backend.cuda;

import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.Tensor;

/** Sums over the rows of a matrix: the gradients of biases whose weights are not trained. Kernels: {@code kernels/column_sums.cu}. */
final class ColumnSums {

    private static final String FAMILY = "column_sums";
    private static final int THREADS = 256;
    /** Columns of a block of the last kernel. */
    private static final int FINISH_COLUMNS = 32;
    /** Blocks that fill a large device; a constant, so that the order of the additions is the same on all devices. */
    private static final int BLOCKS = 1024;
    /** Rows of a chunk at least: partial sums, written and read, are then little beside the rows. */
    private static final int CHUNK = 64;

    private final Device device;

    ColumnSums(Device device) {
        this.device = device;
    }

    /**
     * {@code dBias[N] += sum over rows of dy[M,N]}.
     *
     * @param dy [M, N or more], FLOAT32 or BFLOAT16; the first N columns count
     * @param dBias FLOAT32 [N]
     */
    Operation add(Tensor dy, Tensor dBias) {
        int rows = dy.shape().rows();
        int stride = dy.shape().width();
        int columns = Math.toIntExact(dBias.size());
        if (rows == 0 || columns == 0) {
            return () -> {};
        }
        int tile = Math.min(columns, THREADS);
        int tiles = Packs.blocks(columns, tile);
        int chunks = Math.max(1, Math.min(BLOCKS / tiles, rows / CHUNK));
        int chunk = Packs.blocks(rows, chunks);
        chunks = Packs.blocks(rows, chunk);
        long target = chunks == 1 ? device.address(dBias) : device.scratch(4L * chunks * columns);
        Operation sums = device.operation(
                device.kernel(FAMILY, "column_sums", dy.dtype()),
                LaunchShape.of(tiles, chunks, THREADS),
                KernelArguments.of()
                        .pointer(device.address(dy))
                        .int32(rows)
                        .int32(columns)
                        .int32(stride)
                        .int32(tile)
                        .int32(chunk)
                        .pointer(target)
                        .int32(chunks == 1 ? 1 : 0));
        if (chunks == 1) {
            return sums;
        }
        Operation finish = device.operation(
                device.kernel(FAMILY, "column_sums_finish"),
                LaunchShape.of(Packs.blocks(columns, FINISH_COLUMNS), THREADS),
                KernelArguments.of()
                        .pointer(target)
                        .int32(chunks)
                        .int32(columns)
                        .pointer(device.address(dBias)));
        return Operation.sequence(sums, finish);
    }
}
