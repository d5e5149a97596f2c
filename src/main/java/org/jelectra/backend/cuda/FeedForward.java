package org.jelectra.backend.cuda;

import java.util.Set;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.FeedForwardBackward;
import org.jelectra.backend.FeedForwardOperands;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.Kernel;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * The feed-forward part of a Transformer layer with the layer normalisation after it, and back through it to the one before: by one
 * launch each where a kernel has tiles of whole rows, else one product after the other. Kernels: {@code kernels/feed_forward.cu} and
 * {@code kernels/feed_forward_sm90a.cu}.
 */
final class FeedForward {

    private static final String FAMILY = "feed_forward";
    /** Widths of the rows for which there are kernels; the intermediate width is a multiple of a chunk. */
    private static final Set<Integer> WIDTHS = Set.of(64, 256);

    private static final int CHUNK = 64;

    private final Device device;
    private final LinearLayers linearLayers;
    private final AddLayerNormProducts addLayerNormProducts;

    FeedForward(Device device, LinearLayers linearLayers, AddLayerNormProducts addLayerNormProducts) {
        this.device = device;
        this.linearLayers = linearLayers;
        this.addLayerNormProducts = addLayerNormProducts;
    }

    /** As {@link org.jelectra.backend.Backend#feedForwardAddLayerNorm}. */
    Operation forward(FeedForwardOperands layers, AddLayerNormOperands norm) {
        if (!inOneLaunch(
                layers.x(),
                layers.inner(),
                layers.outer(),
                norm.sum(),
                layers.preActivation(),
                layers.activation(),
                norm.residual(),
                norm.y())) {
            return Operation.sequence(
                    linearLayers.forwardGelu(
                            layers.x(),
                            layers.inner(),
                            layers.innerBias(),
                            layers.preActivation(),
                            layers.activation()),
                    addLayerNormProducts.forward(layers.activation(), layers.outer(), layers.outerBias(), norm));
        }
        KernelArguments arguments = KernelArguments.of()
                .pointer(device.address(layers.x()))
                .pointer(device.bf16Address(layers.inner()))
                .pointer(device.address(layers.innerBias()))
                .pointer(device.bf16Address(layers.outer()))
                .pointer(device.address(layers.outerBias()))
                .int32(layers.inner().shape().rows());
        DropoutArguments.add(device, arguments, norm.dropout())
                .pointer(device.address(norm.residual()))
                .pointer(device.address(norm.gamma()))
                .pointer(device.address(norm.beta()))
                .float32(norm.epsilon())
                .pointer(device.address(layers.preActivation()))
                .pointer(device.address(layers.activation()))
                .pointer(device.address(norm.sum()))
                .pointer(device.address(norm.y()))
                .pointer(device.address(norm.stats()))
                .int64(layers.x().shape().rows());
        return launch(ChainTask.Kind.FEED_FORWARD, "feed_forward_w", norm.sum(), arguments);
    }

    /** As {@link org.jelectra.backend.Backend#feedForwardBackwardInputLayerNorm}. */
    LayerNormBackwardPass backward(FeedForwardBackward back, AddLayerNormBackward norm) {
        if (!inOneLaunch(back, norm)) {
            return addLayerNormProducts
                    .backward(back.dPreActivation(), back.inner(), norm)
                    .with(launch -> Operation.sequence(
                            linearLayers.backwardInputGelu(
                                    back.dy(), back.outer(), back.preActivation(), back.dPreActivation()),
                            launch));
        }
        int count = tile(norm.sum()).count(norm.sum());
        return new LayerNormBackwardPass(norm.dGamma(), norm.dBeta(), count, partials -> {
            KernelArguments arguments = KernelArguments.of()
                    .pointer(device.address(back.dy()))
                    .pointer(device.bf16Address(back.outer()))
                    .pointer(device.bf16Address(back.inner()))
                    .int32(back.inner().shape().rows())
                    .pointer(device.address(back.preActivation()))
                    .pointer(device.address(back.dPreActivation()))
                    .pointer(device.address(norm.dy()))
                    .pointer(device.address(norm.sum()))
                    .pointer(device.address(norm.stats()))
                    .pointer(device.address(norm.gamma()));
            DropoutArguments.add(device, arguments, norm.dropout())
                    .pointer(device.address(norm.dx()))
                    .pointer(device.address(norm.dResidual()))
                    .int64(back.dy().shape().rows())
                    .pointer(partials);
            return launch(ChainTask.Kind.FEED_FORWARD_BACKWARD, "feed_forward_backward_w", norm.sum(), arguments);
        });
    }

    private boolean inOneLaunch(FeedForwardBackward back, AddLayerNormBackward norm) {
        return inOneLaunch(
                back.dy(),
                back.inner(),
                back.outer(),
                norm.sum(),
                back.preActivation(),
                back.dPreActivation(),
                norm.dy(),
                norm.dx(),
                norm.dResidual());
    }

    /** Whether there is a kernel for these operands; {@code input} and {@code sum} have the rows of the two ends. */
    private boolean inOneLaunch(Tensor input, Tensor inner, Tensor outer, Tensor sum, Tensor... others) {
        DType type = input.dtype();
        int width = sum.shape().width();
        return type == DType.BFLOAT16
                && sum.size() > 0
                && WIDTHS.contains(width)
                && input.shape().width() == width
                && inner.shape().rows() % CHUNK == 0
                && GemmMatrix.bf16(device, inner).unit(type) == 16
                && GemmMatrix.bf16(device, outer).unit(type) == 16
                && Packs.aligned(input, sum)
                && Packs.aligned(others);
    }

    private Operation launch(ChainTask.Kind kind, String name, Tensor sum, KernelArguments arguments) {
        int width = sum.shape().width();
        Kernel kernel = device.kernel(FAMILY, name + width, sum.dtype());
        RowTile tile = tile(sum);
        Operation launch = device.operation(kernel, tile.launch(sum, sharedBytes(tile, width)), arguments);
        return width == SelfAttention.WIDTH
                ? new ChainTask(
                        device, kind, arguments, sum.shape().rows(), 0, kind.forward ? 0 : tile.count(sum), launch)
                : launch;
    }

    private RowTile tile(Tensor sum) {
        return RowTile.of(device, FAMILY, sum.shape().width());
    }

    /** As the kernels lay it out; the sums take the place of the rest of it afterwards. */
    private static int sharedBytes(RowTile tile, int width) {
        int inputBytes = 2 * tile.rows() * width;
        if (tile == RowTile.WARPGROUPS) { // two chunks of the bias before, and four chunks of weights behind the input
            return 1024 + inputBytes + 4 * 2 * width * CHUNK;
        }
        int turnBytes = width == 64 ? 3 * 8192 : 2 * 16384; // three turns of the weights, or two
        return inputBytes + 2 * tile.rows() * CHUNK + turnBytes;
    }
}
