package org.jelectra.backend.cuda;

import org.jelectra.backend.AttentionOperands;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Operation;
import org.jelectra.backend.SelfAttentionBackward;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * Attention with the product before it, in either direction: by one launch with a block for each head where heads have a width of {@value #WIDTH} and
 * sequences up to {@value #LENGTH} tokens in bf16, else one operation after the other. Kernels:
 * {@code kernels/projected_attention_bf16.cu}, {@code kernels/projected_attention_bf16_sm90a.cu}.
 */
final class ProjectedAttention {

    /** Head size. */
    static final int WIDTH = 64;
    /** Tokens of a sequence at most. */
    static final int LENGTH = 128;
    /** Hidden size at most. */
    static final int HIDDEN = 1024;

    private static final String FAMILY = "projected_attention_bf16";
    private static final int THREADS = 2 * LENGTH;
    private static final int ROW_BYTES = 2 * WIDTH;
    /** Two stages of tokens and outputs; biases; the mask, as projected_attention/forward.cuh has them. */
    private static final int FORWARD_BYTES =
            2 * ROW_BYTES * (LENGTH + 3 * WIDTH) + Float.BYTES * 3 * WIDTH + Integer.BYTES * (LENGTH / 32 + 1);
    /** Two stages of gradients and weights; queries, keys and values; statistics; the mask, as projected_attention/backward_tiles.cuh. */
    private static final int BACKWARD_BYTES =
            ROW_BYTES * (2 * (LENGTH + WIDTH) + 3 * LENGTH) + 2 * Float.BYTES * LENGTH + Integer.BYTES * (LENGTH / 32);

    private final Device device;
    private final LinearLayers linearLayers;
    private final Attention attention;

    ProjectedAttention(Device device, LinearLayers linearLayers, Attention attention) {
        this.device = device;
        this.linearLayers = linearLayers;
        this.attention = attention;
    }

    /**
     * The layer for query, key and value, then {@link org.jelectra.backend.Backend#attention}.
     *
     * @param x [B*S, H]
     * @param weight [3H, H]
     * @param bias [3H], float32
     * @param operands its qkv is written too
     */
    Operation forward(Tensor x, Tensor weight, Tensor bias, AttentionOperands operands) {
        if (!fits(operands.shape(), FORWARD_BYTES, weight) || !Packs.bf16(x, operands.qkv(), operands.out())) {
            return Operation.sequence(
                    linearLayers.forward(x, weight, bias, operands.qkv()), attention.forward(operands));
        }
        KernelArguments arguments = KernelArguments.of()
                .pointer(device.address(x))
                .pointer(device.bf16Address(weight))
                .pointer(device.address(bias))
                .pointer(device.address(operands.keyMask()))
                .pointer(device.address(operands.qkv()))
                .pointer(device.address(operands.out()))
                .pointer(device.address(operands.logSumExp()));
        return launch("projected_attention_forward_d64", operands, FORWARD_BYTES, arguments);
    }

    /** From the gradient of the output product to that of query, key and value; dContext may be left as it is. */
    Operation backward(SelfAttentionBackward back) {
        AttentionOperands operands = back.attention();
        if (!fits(operands.shape(), BACKWARD_BYTES, back.outputWeight())
                || !Packs.bf16(back.dProduct(), operands.qkv(), operands.out(), back.dQkv())) {
            return Operation.sequence(
                    linearLayers.backwardInput(back.dProduct(), back.outputWeight(), back.dContext(), false),
                    attention.backward(operands, back.dContext(), back.dQkv()));
        }
        KernelArguments arguments = KernelArguments.of()
                .pointer(device.address(back.dProduct()))
                .pointer(device.bf16Address(back.outputWeight()))
                .pointer(device.address(operands.qkv()))
                .pointer(device.address(operands.keyMask()))
                .pointer(device.address(operands.out()))
                .pointer(device.address(operands.logSumExp()))
                .pointer(device.address(back.dQkv()));
        return launch("projected_attention_backward_d64", operands, BACKWARD_BYTES, arguments);
    }

    /** Whether a block of this device can have a head of that shape, and copy the weight in packs. */
    private boolean fits(AttentionShape shape, int sharedBytes, Tensor weight) {
        return shape.headSize() == WIDTH
                && shape.length() <= LENGTH
                && shape.hiddenSize() <= HIDDEN
                && sharedBytes <= device.gpu().properties().sharedMemoryPerBlock()
                && GemmMatrix.bf16(device, weight).unit(DType.BFLOAT16) == 16;
    }

    private Operation launch(String name, AttentionOperands operands, int sharedBytes, KernelArguments arguments) {
        AttentionShape shape = operands.shape();
        arguments.int32(shape.length()).int32(shape.heads()).float32(shape.scale());
        return device.operation(
                device.kernel(FAMILY, name, DType.BFLOAT16),
                LaunchShape.of(shape.batch() * shape.heads(), THREADS).withShared(sharedBytes),
                DropoutArguments.add(device, arguments, operands.dropout()));
    }
}
