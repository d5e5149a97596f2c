package org.jelectra.backend.cuda;

import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.backend.SelfAttentionParameters;
import org.jelectra.backend.SelfAttentionResults;
import org.jelectra.gpu.Kernel;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * The self-attention part of a Transformer layer by one launch, where one block can have a sequence and all weights: one head of
 * {@value #WIDTH} and up to {@value #LENGTH} tokens in bf16. Kernels: {@code kernels/self_attention_bf16.cu}.
 */
final class SelfAttention {

    /** Head size and hidden size. */
    static final int WIDTH = 64;
    /** Tokens of a sequence at most. */
    static final int LENGTH = 128;

    private static final String FAMILY = "self_attention_bf16";
    private static final int THREADS = 2 * LENGTH;
    private static final int ROW_BYTES = 2 * WIDTH;
    /** Both weights; x, queries, keys and values; parameters of the layers; the mask, as self_attention/forward.cuh has them. */
    private static final int FORWARD_BYTES =
            ROW_BYTES * (4 * WIDTH + 4 * LENGTH) + Float.BYTES * 6 * WIDTH + Integer.BYTES * (LENGTH / 32 + 1);

    private final Device device;

    SelfAttention(Device device) {
        this.device = device;
    }

    /** Whether there is a kernel for these operands. */
    boolean takes(Tensor x, AttentionShape shape, SelfAttentionParameters parameters, SelfAttentionResults results) {
        return x.dtype() == DType.BFLOAT16
                && shape.heads() == 1
                && shape.headSize() == WIDTH
                && shape.length() <= LENGTH
                && FORWARD_BYTES <= device.gpu().properties().sharedMemoryPerBlock()
                && packed(parameters.weight())
                && packed(parameters.outputWeight())
                && Packs.aligned(x, results.qkv(), results.context(), results.sum(), results.y());
    }

    /** As {@link org.jelectra.backend.Backend#selfAttention}, of operands that it {@link #takes}. */
    Operation forward(
            Tensor x,
            Tensor keyMask,
            AttentionShape shape,
            Dropout probabilityDropout,
            Dropout dropout,
            SelfAttentionParameters parameters,
            SelfAttentionResults results) {
        KernelArguments arguments = KernelArguments.of()
                .pointer(CudaStorage.address(x))
                .pointer(CudaStorage.bf16Address(parameters.weight()))
                .pointer(CudaStorage.address(parameters.bias()))
                .pointer(CudaStorage.bf16Address(parameters.outputWeight()))
                .pointer(CudaStorage.address(parameters.outputBias()))
                .pointer(CudaStorage.address(keyMask))
                .pointer(CudaStorage.address(results.qkv()))
                .pointer(CudaStorage.address(results.context()))
                .pointer(CudaStorage.address(results.logSumExp()))
                .pointer(CudaStorage.address(results.sum()))
                .pointer(CudaStorage.address(results.y()))
                .pointer(CudaStorage.address(results.stats()))
                .pointer(CudaStorage.address(parameters.gamma()))
                .pointer(CudaStorage.address(parameters.beta()))
                .float32(parameters.epsilon())
                .int32(shape.length())
                .float32(shape.scale());
        DropoutArguments.add(arguments, probabilityDropout);
        DropoutArguments.add(arguments, dropout);
        return launch("self_attention_forward_d64", shape, FORWARD_BYTES, arguments);
    }

    private static boolean packed(Tensor weight) {
        return GemmMatrix.bf16(weight).unit(DType.BFLOAT16) == 16;
    }

    private Operation launch(String name, AttentionShape shape, int sharedBytes, KernelArguments arguments) {
        Kernel kernel = device.kernel(FAMILY, name, DType.BFLOAT16);
        return device.operation(kernel, LaunchShape.of(shape.batch(), THREADS).withShared(sharedBytes), arguments);
    }
}
