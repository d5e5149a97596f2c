package org.jelectra.backend.cuda;

import org.jelectra.backend.LayerNormBackward;
import org.jelectra.backend.LayerNormOperands;
import org.jelectra.backend.LinearGeluOperands;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.tensor.Tensor;

/**
 * Products and layer normalisation with dropout of its result: a linear layer with GELU and the normalisation behind it, by one launch for
 * operands that {@link #takes} accepts; and the way back through a product, dropout and the normalisation before it, by one launch where
 * there is a kernel, else one after the other. Kernels: {@code kernels/gemm_layer_norm.cu}.
 */
final class LayerNormProducts {

    /** Width of the normalised rows, that of small embeddings, for which there are kernels. */
    private static final int WIDTH = 128;

    private final Device device;
    private final LinearLayers linearLayers;
    private final AddLayerNormProducts products;
    private final LayerNorm layerNorm;

    LayerNormProducts(Device device, LinearLayers linearLayers, AddLayerNormProducts products, LayerNorm layerNorm) {
        this.device = device;
        this.linearLayers = linearLayers;
        this.products = products;
        this.layerNorm = layerNorm;
    }

    /** Whether there is a kernel for that layer and normalisation. */
    boolean takes(LinearGeluOperands layer, LayerNormOperands norm) {
        return norm.x().shape().width() == WIDTH
                && products.fitTiles(
                        layer.input(), layer.weight(), norm.x(), norm.y(), layer.x(), layer.preActivation());
    }

    /** As {@link org.jelectra.backend.Backend#linearGeluLayerNorm}, of what this {@link #takes}. */
    Operation forward(LinearGeluOperands layer, LayerNormOperands norm) {
        KernelArguments arguments = KernelArguments.of()
                .pointer(device.address(layer.x()))
                .pointer(device.address(layer.rows()))
                .int32(layer.x().shape().rows())
                .pointer(device.address(layer.gathered()))
                .pointer(device.bf16Address(layer.weight()))
                .pointer(device.address(layer.bias()))
                .int32(layer.x().shape().width());
        DropoutArguments.add(device, arguments, norm.dropout())
                .pointer(device.address(norm.gamma()))
                .pointer(device.address(norm.beta()))
                .float32(norm.epsilon())
                .pointer(device.address(layer.preActivation()))
                .pointer(device.address(norm.x()))
                .pointer(device.address(norm.y()))
                .pointer(device.address(norm.stats()))
                .int64(norm.x().shape().rows());
        return products.launch("gemm_forward_gelu_layer_norm_w", norm.x(), arguments);
    }

    /** As {@link org.jelectra.backend.Backend#linearBackwardInputLayerNormDropout}. */
    LayerNormBackwardPass backward(Tensor dy, Tensor weight, LayerNormBackward norm) {
        if (!inOneLaunch(dy, weight, norm)) {
            LayerNormBackward whole = norm.withDy();
            return layerNorm
                    .backward(whole)
                    .with(launch -> Operation.sequence(
                            linearLayers.backwardInput(dy, weight, whole.dy(), norm.dy() != null), launch));
        }
        return new LayerNormBackwardPass(norm.dGamma(), norm.dBeta(), products.blocks(norm.x()), partials -> {
            KernelArguments arguments = KernelArguments.of()
                    .pointer(device.address(dy))
                    .pointer(device.bf16Address(weight))
                    .int32(dy.shape().width())
                    .pointer(device.address(norm.dy()))
                    .pointer(device.address(norm.x()))
                    .pointer(device.address(norm.stats()))
                    .pointer(device.address(norm.gamma()));
            DropoutArguments.add(device, arguments, norm.dropout())
                    .pointer(device.address(norm.dx()))
                    .int64(dy.shape().rows())
                    .pointer(partials);
            return products.launch("gemm_backward_input_layer_norm_dropout_w", norm.x(), arguments);
        });
    }

    private boolean inOneLaunch(Tensor dy, Tensor weight, LayerNormBackward norm) {
        return norm.x().shape().width() == WIDTH
                && dy.shape().width() == weight.shape().rows()
                && products.fitTiles(dy, weight, norm.x(), norm.dy(), norm.dx());
    }
}
