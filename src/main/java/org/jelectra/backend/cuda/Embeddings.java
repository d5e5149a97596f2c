package org.jelectra.backend.cuda;

import org.jelectra.backend.EmbeddingOperands;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.Tensor;

/** Sum of word, position and type embeddings. Kernels: {@code kernels/embedding.cu}; backward see {@link EmbeddingGradients}. */
final class Embeddings {

    static final String FAMILY = "embedding";
    static final int THREADS = 256;
    static final int WARPS = 8;
    /** Columns of one warp; tiles of them lie along the second dimension of a grid. */
    private static final int COLUMNS = 128;
    /** Tokens of one warp of the forward pass, all at one position. */
    private static final int TOKENS = 8;

    private final Device device;

    Embeddings(Device device) {
        this.device = device;
    }

    Operation forward(EmbeddingOperands lookup, Tensor y) {
        int tokens = Math.toIntExact(lookup.ids().size());
        int length = lookup.length();
        int width = y.shape().width();
        long sequences = Packs.blocks(tokens, length);
        long warps = length * (long) Packs.blocks(sequences, TOKENS);
        return device.operation(
                device.kernel(FAMILY, "embedding_forward", y.dtype()),
                LaunchShape.of(Packs.blocks(warps, WARPS), tiles(width), THREADS),
                lookupArguments(device, lookup)
                        .pointer(device.address(y))
                        .int32(tokens)
                        .int32(length)
                        .int32(width));
    }

    /** The first arguments of every kernel that looks up: tokens and tables. */
    static KernelArguments lookupArguments(Device device, EmbeddingOperands lookup) {
        return KernelArguments.of()
                .pointer(device.address(lookup.ids()))
                .pointer(device.address(lookup.tokenTypes()))
                .pointer(device.address(lookup.words()))
                .pointer(device.address(lookup.positions()))
                .pointer(device.address(lookup.types()))
                .int32(lookup.words().shape().rows())
                .int32(lookup.types().shape().rows());
    }

    /** Blocks along the width. */
    static int tiles(int width) {
        return Packs.blocks(width, COLUMNS);
    }
}
