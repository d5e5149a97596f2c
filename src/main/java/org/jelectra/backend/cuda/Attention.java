package org.jelectra.backend.cuda;

import org.jelectra.backend.AttentionOperands;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * Fused self-attention for head sizes up to 128 and any length: scores and probabilities never leave the chip. Kernels:
 * {@code kernels/attention_bf16.cu} on tensor cores, {@code kernels/attention_f32.cu}.
 */
final class Attention {

    private final Device device;

    Attention(Device device) {
        this.device = device;
    }

    Operation forward(AttentionOperands operands) {
        AttentionShape shape = operands.shape();
        check(shape);
        DType type = operands.qkv().dtype();
        return operation(
                AttentionKernel.forward(shape, type, sharedLimit()),
                type,
                shape,
                common(arguments(operands), operands, operands.qkv(), operands.out()));
    }

    Operation backward(AttentionOperands operands, Tensor dOut, Tensor dQkv) {
        AttentionShape shape = operands.shape();
        check(shape);
        DType type = operands.qkv().dtype();
        AttentionKernel whole = AttentionKernel.backwardWhole(shape, type, sharedLimit(), device.multiprocessors());
        boolean inOneTile = whole != null && shape.length() <= AttentionKernel.WHOLE_LENGTH;
        long statistics = inOneTile ? 0 : device.scratch(statisticsBytes(shape, type));
        KernelArguments arguments = arguments(operands)
                .pointer(device.address(dOut))
                .pointer(device.address(dQkv))
                .pointer(statistics);
        common(arguments, operands, operands.qkv(), operands.out(), dOut, dQkv);
        if (whole != null) {
            return operation(whole, type, shape, arguments);
        }
        // the first leaves the statistics of the queries for the second
        return Operation.sequence(
                operation(AttentionKernel.backwardQueries(shape, type, sharedLimit()), type, shape, arguments),
                operation(AttentionKernel.backwardKeys(shape, type, sharedLimit()), type, shape, arguments));
    }

    private KernelArguments arguments(AttentionOperands operands) {
        return KernelArguments.of()
                .pointer(device.address(operands.qkv()))
                .pointer(device.address(operands.keyMask()))
                .pointer(device.address(operands.out()))
                .pointer(device.address(operands.logSumExp()));
    }

    private static void check(AttentionShape shape) {
        if (shape.headSize() > AttentionKernel.LARGEST_HEAD) {
            throw new IllegalArgumentException("attention on CUDA has head sizes up to " + AttentionKernel.LARGEST_HEAD
                    + ", got " + shape.headSize() + "; use more heads, or the CPU backend");
        }
        if (3L * shape.length() * shape.hiddenSize() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("attention on CUDA has sequences of up to " + Integer.MAX_VALUE
                    + " numbers, got " + shape + "; shorten the sequences");
        }
    }

    private int sharedLimit() {
        return device.gpu().properties().sharedMemoryPerBlock();
    }

    private Operation operation(AttentionKernel kernel, DType type, AttentionShape shape, KernelArguments arguments) {
        return device.operation(device.kernel(kernel.family(), kernel.name(), type), kernel.launch(shape), arguments);
    }

    /** Per query the sum of dOut out; in bf16 two numbers, in units of the kernel, and rows begin at whole chunks of 32 queries. */
    private static long statisticsBytes(AttentionShape shape, DType type) {
        long heads = (long) shape.batch() * shape.heads();
        return type == DType.FLOAT32
                ? heads * Float.BYTES * shape.length()
                : heads * 2 * Float.BYTES * 32 * Packs.blocks(shape.length(), 32);
    }

    /** The parameters of all kernels behind their tensors, see {@code kernels/attention/parameters.cuh}. */
    private KernelArguments common(KernelArguments arguments, AttentionOperands operands, Tensor... values) {
        AttentionShape shape = operands.shape();
        boolean packed = shape.headSize() % Packs.size(values[0].dtype()) == 0 && Packs.aligned(values);
        arguments
                .int32(shape.length())
                .int32(shape.heads())
                .int32(shape.headSize())
                .int32(packed ? 1 : 0)
                .float32(shape.scale());
        long positions = (long) shape.batch() * shape.heads() * shape.length();
        return DropoutArguments.add(device, arguments, operands.dropout()).int64(positions * shape.length());
    }
}
