package org.jelectra.backend.cuda;

import org.jelectra.backend.Dropout;
import org.jelectra.backend.EmbeddingOperands;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.Tensor;

/**
 * Sum of embeddings, its layer normalisation and dropout of the result in one launch, for operands that {@link #takes} accepts. Kernels:
 * {@code kernels/embedding.cu}.
 */
final class EmbeddingLayerNorm {

    /** Tokens of the lanes that share a row, all at one position. */
    private static final int TOKENS = 4;

    private final Device device;

    EmbeddingLayerNorm(Device device) {
        this.device = device;
    }

    /** Whether there is a kernel for tables of this width, and for these addresses. */
    static boolean takes(EmbeddingOperands lookup, Tensor sum, Tensor y) {
        return LayerNormDropout.takes(sum, y) && Packs.aligned(lookup.words(), lookup.positions(), lookup.types());
    }

    Operation forward(
            EmbeddingOperands lookup,
            Tensor gamma,
            Tensor beta,
            float epsilon,
            Dropout dropout,
            Tensor sum,
            Tensor y,
            Tensor stats) {
        int width = sum.shape().width();
        int tokens = sum.shape().rows();
        int sequences = Packs.blocks(tokens, lookup.length());
        long rows = lookup.length() * (long) Packs.blocks(sequences, TOKENS);
        int rowsOfABlock = Embeddings.THREADS / Packs.lanes(width, sum.dtype());
        KernelArguments arguments = KernelArguments.of()
                .pointer(CudaStorage.address(lookup.ids()))
                .pointer(CudaStorage.address(lookup.tokenTypes()))
                .pointer(CudaStorage.address(lookup.words()))
                .pointer(CudaStorage.address(lookup.positions()))
                .pointer(CudaStorage.address(lookup.types()))
                .int32(lookup.words().shape().rows())
                .int32(lookup.types().shape().rows())
                .int32(lookup.length());
        DropoutArguments.add(arguments, dropout)
                .pointer(CudaStorage.address(gamma))
                .pointer(CudaStorage.address(beta))
                .float32(epsilon)
                .pointer(CudaStorage.address(sum))
                .pointer(CudaStorage.address(y))
                .pointer(CudaStorage.address(stats))
                .int64(tokens);
        return device.operation(
                device.kernel(Embeddings.FAMILY, "embedding_layer_norm_w" + width, sum.dtype()),
                LaunchShape.of(Packs.blocks(rows, rowsOfABlock), Embeddings.THREADS),
                arguments);
    }
}
