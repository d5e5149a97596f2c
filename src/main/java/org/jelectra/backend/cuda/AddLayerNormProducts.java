package org.jelectra.backend.cuda;

import java.util.Set;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * Products with a weight matrix and the layer normalisation after or before them: by one launch where a kernel has tiles of whole rows,
 * else one after the other. Kernels: {@code kernels/gemm_layer_norm.cu}, {@code kernels/gemm_layer_norm_sm90a.cu}.
 */
final class AddLayerNormProducts {

    private static final String FAMILY = "gemm_layer_norm";
    /** Widths of the normalised rows for which there are kernels. */
    private static final Set<Integer> WIDTHS = Set.of(64, 256);
    /** Steps of the product that are in shared memory. */
    private static final int STAGES = 4;

    private final Device device;
    private final LinearLayers linearLayers;
    private final AddLayerNorm addLayerNorm;

    AddLayerNormProducts(Device device, LinearLayers linearLayers, AddLayerNorm addLayerNorm) {
        this.device = device;
        this.linearLayers = linearLayers;
        this.addLayerNorm = addLayerNorm;
    }

    /** As {@link org.jelectra.backend.Backend#linearAddLayerNorm}. */
    Operation forward(Tensor x, Tensor weight, Tensor bias, AddLayerNormOperands norm) {
        if (!inOneLaunch(x, weight, norm.sum(), norm.residual(), norm.y())) {
            return Operation.sequence(
                    linearLayers.forward(x, weight, bias, norm.sum()), addLayerNorm.forward(norm.sum(), norm));
        }
        KernelArguments arguments = KernelArguments.of()
                .pointer(device.address(x))
                .pointer(device.bf16Address(weight))
                .pointer(device.address(bias))
                .int32(x.shape().width());
        DropoutArguments.add(device, arguments, norm.dropout())
                .pointer(device.address(norm.residual()))
                .pointer(device.address(norm.gamma()))
                .pointer(device.address(norm.beta()))
                .float32(norm.epsilon())
                .pointer(device.address(norm.sum()))
                .pointer(device.address(norm.y()))
                .pointer(device.address(norm.stats()))
                .int64(x.shape().rows());
        return launch("gemm_forward_layer_norm_w", norm.sum(), arguments);
    }

    /** As {@link org.jelectra.backend.Backend#linearBackwardInputLayerNorm}. */
    LayerNormBackwardPass backward(Tensor dy, Tensor weight, AddLayerNormBackward norm) {
        if (!inOneLaunch(dy, weight, norm)) {
            AddLayerNormBackward whole = norm.withDy();
            return addLayerNorm
                    .backward(whole)
                    .with(launch -> Operation.sequence(
                            linearLayers.backwardInput(dy, weight, whole.dy(), norm.dy() != null), launch));
        }
        return new LayerNormBackwardPass(norm.dGamma(), norm.dBeta(), blocks(norm.sum()), partials -> {
            KernelArguments arguments = KernelArguments.of()
                    .pointer(device.address(dy))
                    .pointer(device.bf16Address(weight))
                    .int32(dy.shape().width())
                    .pointer(device.address(norm.dy()))
                    .pointer(device.address(norm.sum()))
                    .pointer(device.address(norm.stats()))
                    .pointer(device.address(norm.gamma()));
            DropoutArguments.add(device, arguments, norm.dropout())
                    .pointer(device.address(norm.dx()))
                    .pointer(device.address(norm.dResidual()))
                    .int64(dy.shape().rows())
                    .pointer(partials);
            return launch("gemm_backward_input_layer_norm_w", norm.sum(), arguments);
        });
    }

    private boolean inOneLaunch(Tensor dy, Tensor weight, AddLayerNormBackward norm) {
        return dy.shape().width() == weight.shape().rows()
                && inOneLaunch(dy, weight, norm.sum(), norm.dy(), norm.dx(), norm.dResidual());
    }

    /** Whether there is a kernel for these operands; {@code sum} has the normalised rows. */
    private boolean inOneLaunch(Tensor input, Tensor weight, Tensor sum, Tensor... others) {
        return WIDTHS.contains(sum.shape().width()) && fitTiles(input, weight, sum, others);
    }

    /**
     * Whether a block's tile can have these operands' rows, if it has that width. The rows of both factors begin and end at multiples of
     * 16 bytes, because they lie one behind the other, so that kernels copy nothing but whole units of that size.
     */
    boolean fitTiles(Tensor input, Tensor weight, Tensor sum, Tensor... others) {
        DType type = input.dtype();
        if (type != DType.BFLOAT16 || sum.size() == 0) {
            return false;
        }
        return GemmMatrix.of(device, input).unit(type) == 16
                && GemmMatrix.bf16(device, weight).unit(type) == 16
                && Packs.aligned(sum)
                && Packs.aligned(others);
    }

    /** Tiles, each of which leaves a partial sum. */
    int blocks(Tensor sum) {
        return tile(sum).count(sum);
    }

    /** A block for each tile; {@code kernel} lacks the width. */
    Operation launch(String kernel, Tensor sum, KernelArguments arguments) {
        int width = sum.shape().width();
        RowTile tile = tile(sum);
        int stepBytes = tile == RowTile.WARPGROUPS ? 128 : 64;
        return device.operation(
                device.kernel(FAMILY, kernel + width, sum.dtype()),
                tile.launch(sum, STAGES * (tile.rows() + width) * stepBytes),
                arguments);
    }

    private RowTile tile(Tensor sum) {
        return RowTile.of(device, FAMILY, sum.shape().width());
    }
}
