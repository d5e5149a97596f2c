package org.jelectra.backend.cuda;

import java.util.Set;
import org.jelectra.backend.EmbeddingOperands;
import org.jelectra.backend.LayerNormOperands;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.Kernel;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * Sum of embeddings, its layer normalisation and dropout of the result in one launch, for operands that {@link #takes} accepts, alone and
 * with a projection that {@link #projects} accepts. Kernels: {@code kernels/embedding.cu}, {@code kernels/embedding_projection.cu}.
 */
final class EmbeddingLayerNorm {

    private static final String PROJECTION = "embedding_projection";
    /** Widths to which there are kernels that project. */
    private static final Set<Integer> OUTPUTS = Set.of(64, 256);
    /** Tokens of the lanes that share a row, all at one position. */
    private static final int TOKENS = 4;
    /** Tokens of a block of bf16 rows. */
    private static final int ROWS = 64;

    private final Device device;

    EmbeddingLayerNorm(Device device) {
        this.device = device;
    }

    /** Whether there is a kernel for tables of this width, and for these addresses. */
    static boolean takes(EmbeddingOperands lookup, LayerNormOperands norm) {
        return LayerNorm.takes(norm.x(), norm.y()) && Packs.aligned(lookup.words(), lookup.positions(), lookup.types());
    }

    /** Whether there is one that projects as well; y has the normalised rows. */
    boolean projects(Tensor y, Tensor weight, Tensor bias, Tensor projected) {
        return Packs.bf16(projected, bias)
                && OUTPUTS.contains(weight.shape().rows())
                && GemmMatrix.bf16(device, weight).unit(DType.BFLOAT16) == 16
                && y.size() > 0;
    }

    Operation forward(EmbeddingOperands lookup, LayerNormOperands norm) {
        return device.operation(
                device.kernel(
                        Embeddings.FAMILY,
                        "embedding_layer_norm_w" + norm.y().shape().width(),
                        norm.y().dtype()),
                LaunchShape.of(blocks(lookup, norm.y()), Embeddings.THREADS),
                arguments(lookup, norm));
    }

    /** The same and {@code projected = y weight^T + bias}. */
    Operation forward(EmbeddingOperands lookup, LayerNormOperands norm, Tensor weight, Tensor bias, Tensor projected) {
        int outputs = weight.shape().rows();
        Kernel kernel =
                device.kernel(PROJECTION, PROJECTION + "_w" + outputs, norm.y().dtype());
        // the block's rows and the weight
        int sharedBytes = norm.y().dtype().bytes() * norm.y().shape().width() * (ROWS + outputs);
        return device.operation(
                kernel,
                new LaunchShape(blocks(lookup, norm.y()), 1, 1, Embeddings.THREADS, 1, sharedBytes),
                arguments(lookup, norm)
                        .pointer(device.bf16Address(weight))
                        .pointer(device.address(bias))
                        .pointer(device.address(projected)));
    }

    private static int blocks(EmbeddingOperands lookup, Tensor y) {
        int sequences = Packs.blocks(y.shape().rows(), lookup.length());
        long rows = lookup.length() * (long) Packs.blocks(sequences, TOKENS);
        return Packs.blocks(rows, Embeddings.THREADS / Packs.lanes(y.shape().width(), y.dtype()));
    }

    private KernelArguments arguments(EmbeddingOperands lookup, LayerNormOperands norm) {
        KernelArguments arguments = Embeddings.lookupArguments(device, lookup).int32(lookup.length());
        return DropoutArguments.add(device, arguments, norm.dropout())
                .pointer(device.address(norm.gamma()))
                .pointer(device.address(norm.beta()))
                .float32(norm.epsilon())
                .pointer(device.address(norm.x()))
                .pointer(device.address(norm.y()))
                .pointer(device.address(norm.stats()))
                .int64(norm.y().shape().rows());
    }
}
