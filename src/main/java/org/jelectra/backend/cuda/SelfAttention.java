package org.jelectra.backend.cuda;

import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AttentionOperands;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.backend.SelfAttentionBackward;
import org.jelectra.backend.SelfAttentionParameters;
import org.jelectra.backend.SelfAttentionResults;
import org.jelectra.gpu.Kernel;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * The self-attention part of a Transformer layer: by one launch each way where one block can have a sequence and all weights, with one
 * head of {@value #WIDTH} and up to {@value #LENGTH} tokens in bf16, else one operation after the other. Kernels:
 * {@code kernels/self_attention_bf16.cu}.
 */
final class SelfAttention {

    /** Head size and hidden size. */
    static final int WIDTH = 64;
    /** Tokens of a sequence at most. */
    static final int LENGTH = 128;

    private static final String FAMILY = "self_attention_bf16";
    /** Of a block. */
    static final int THREADS = 2 * LENGTH;

    private static final int ROW_BYTES = 2 * WIDTH;
    /** Both weights; x, queries, keys and values; parameters of the layers; the mask, as self_attention/forward.cuh has them. */
    static final int FORWARD_BYTES =
            ROW_BYTES * (4 * WIDTH + 4 * LENGTH) + Float.BYTES * 6 * WIDTH + Integer.BYTES * (LENGTH / 32 + 1);
    /** dContext, queries, keys, values; the scores' gradient; statistics; gamma and mask, as self_attention/backward.cuh has them. */
    static final int BACKWARD_BYTES = ROW_BYTES * (4 * LENGTH + 2 * LENGTH)
            + 2 * Float.BYTES * LENGTH
            + Float.BYTES * WIDTH
            + Integer.BYTES * (LENGTH / 32);

    private final Device device;
    private final LinearLayers linearLayers;
    private final ProjectedAttention attention;
    private final AddLayerNormProducts addLayerNormProducts;

    SelfAttention(
            Device device, LinearLayers linearLayers, Attention attention, AddLayerNormProducts addLayerNormProducts) {
        this.device = device;
        this.linearLayers = linearLayers;
        this.attention = new ProjectedAttention(device, linearLayers, attention);
        this.addLayerNormProducts = addLayerNormProducts;
    }

    /** As {@link org.jelectra.backend.Backend#selfAttention}. */
    Operation forward(
            Tensor x,
            Tensor keyMask,
            AttentionShape shape,
            Dropout probabilityDropout,
            Dropout dropout,
            SelfAttentionParameters parameters,
            SelfAttentionResults results) {
        if (!Packs.bf16(x, results.qkv(), results.context(), results.sum(), results.y())
                || !fits(shape, FORWARD_BYTES, parameters.weight(), parameters.outputWeight())) {
            return Operation.sequence(
                    attention.forward(
                            x,
                            parameters.weight(),
                            parameters.bias(),
                            results.attention(keyMask, shape, probabilityDropout)),
                    addLayerNormProducts.forward(
                            results.context(),
                            parameters.outputWeight(),
                            parameters.outputBias(),
                            parameters.addLayerNorm(dropout, x, results)));
        }
        KernelArguments arguments = KernelArguments.of()
                .pointer(device.address(x))
                .pointer(device.bf16Address(parameters.weight()))
                .pointer(device.address(parameters.bias()))
                .pointer(device.bf16Address(parameters.outputWeight()))
                .pointer(device.address(parameters.outputBias()))
                .pointer(device.address(keyMask))
                .pointer(device.address(results.qkv()))
                .pointer(device.address(results.context()))
                .pointer(device.address(results.logSumExp()))
                .pointer(device.address(results.sum()))
                .pointer(device.address(results.y()))
                .pointer(device.address(results.stats()))
                .pointer(device.address(parameters.gamma()))
                .pointer(device.address(parameters.beta()))
                .float32(parameters.epsilon());
        probabilities(arguments, shape, probabilityDropout);
        DropoutArguments.add(device, arguments, dropout);
        return launch(
                ChainTask.Kind.SELF_ATTENTION_FORWARD, "self_attention_forward_d64", shape, FORWARD_BYTES, arguments);
    }

    /** As {@link org.jelectra.backend.Backend#selfAttentionBackward}. */
    Operation backward(SelfAttentionBackward back, Tensor dx, boolean accumulate) {
        if (dx == null) {
            return attention.backward(back);
        }
        if (!inOneLaunch(back) || !Packs.bf16(dx)) {
            return Operation.sequence(
                    attention.backward(back), linearLayers.backwardInput(back.dQkv(), back.weight(), dx, accumulate));
        }
        KernelArguments arguments = arguments(back, accumulate ? dx : null, dx);
        return launch(
                ChainTask.Kind.SELF_ATTENTION_BACKWARD,
                "self_attention_backward_d64",
                back.attention().shape(),
                BACKWARD_BYTES,
                arguments);
    }

    /** As {@link org.jelectra.backend.Backend#selfAttentionBackwardLayerNorm}. */
    LayerNormBackwardPass backward(SelfAttentionBackward back, AddLayerNormBackward norm) {
        if (!inOneLaunch(back, norm)) {
            return addLayerNormProducts
                    .backward(back.dQkv(), back.weight(), norm)
                    .with(launch -> Operation.sequence(attention.backward(back), launch));
        }
        AttentionShape shape = back.attention().shape();
        return new LayerNormBackwardPass(norm.dGamma(), norm.dBeta(), shape.batch(), partials -> {
            KernelArguments arguments = arguments(back, norm.dy(), norm.dx())
                    .pointer(device.address(norm.sum()))
                    .pointer(device.address(norm.stats()))
                    .pointer(device.address(norm.gamma()));
            DropoutArguments.add(device, arguments, norm.dropout())
                    .pointer(device.address(norm.dResidual()))
                    .pointer(partials);
            return launch(
                    ChainTask.Kind.SELF_ATTENTION_BACKWARD_LAYER_NORM,
                    "self_attention_backward_layer_norm_d64",
                    shape,
                    BACKWARD_BYTES,
                    arguments);
        });
    }

    private boolean inOneLaunch(SelfAttentionBackward back, AddLayerNormBackward norm) {
        return inOneLaunch(back)
                && Packs.bf16(norm.sum(), norm.dy(), norm.dx(), norm.dResidual())
                && Packs.aligned(norm.stats()); // read in pairs
    }

    private boolean inOneLaunch(SelfAttentionBackward back) {
        AttentionOperands attended = back.attention();
        return Packs.bf16(back.dProduct(), attended.qkv(), attended.out(), back.dQkv())
                && fits(attended.shape(), BACKWARD_BYTES, back.weight(), back.outputWeight());
    }

    /** Whether a block of this device can have a sequence of that shape, and copy the weights in packs. */
    private boolean fits(AttentionShape shape, int sharedBytes, Tensor weight, Tensor outputWeight) {
        return fits(device, shape, sharedBytes)
                && GemmMatrix.bf16(device, weight).unit(DType.BFLOAT16) == 16
                && GemmMatrix.bf16(device, outputWeight).unit(DType.BFLOAT16) == 16;
    }

    /** Whether a block of the device can have a sequence of that shape. */
    static boolean fits(Device device, AttentionShape shape, int sharedBytes) {
        return shape.heads() == 1
                && shape.headSize() == WIDTH
                && shape.length() <= LENGTH
                && sharedBytes <= device.gpu().properties().sharedMemoryPerBlock();
    }

    /** What both backward kernels have in common. */
    private KernelArguments arguments(SelfAttentionBackward back, Tensor added, Tensor dx) {
        AttentionOperands attended = back.attention();
        KernelArguments arguments = KernelArguments.of()
                .pointer(device.address(back.dProduct()))
                .pointer(device.bf16Address(back.outputWeight()))
                .pointer(device.address(attended.qkv()))
                .pointer(device.address(attended.keyMask()))
                .pointer(device.address(attended.out()))
                .pointer(device.address(attended.logSumExp()))
                .pointer(device.bf16Address(back.weight()))
                .pointer(device.address(back.dQkv()))
                .pointer(device.address(added))
                .pointer(device.address(dx));
        return probabilities(arguments, attended.shape(), attended.dropout());
    }

    private KernelArguments probabilities(KernelArguments arguments, AttentionShape shape, Dropout dropout) {
        return DropoutArguments.add(device, arguments.int32(shape.length()).float32(shape.scale()), dropout);
    }

    private Operation launch(
            ChainTask.Kind kind, String name, AttentionShape shape, int sharedBytes, KernelArguments arguments) {
        Kernel kernel = device.kernel(FAMILY, name, DType.BFLOAT16);
        LaunchShape launch = LaunchShape.of(shape.batch(), THREADS).withShared(sharedBytes);
        return new ChainTask(
                device,
                kind,
                arguments,
                shape.batch() * shape.length(),
                shape.length(),
                kind == ChainTask.Kind.SELF_ATTENTION_BACKWARD_LAYER_NORM ? shape.batch() : 0,
                device.operation(kernel, launch, arguments));
    }
}
