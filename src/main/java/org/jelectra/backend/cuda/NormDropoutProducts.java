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
final class NormDropoutProducts {

    /** Width of the normalised rows, that of small embeddings, for which there are kernels. */
    private static final int WIDTH = 128;

    private final LinearLayers linearLayers;
    private final NormalizedProducts products;
    private final LayerNormDropout layerNormDropout;

    NormDropoutProducts(LinearLayers linearLayers, NormalizedProducts products, LayerNormDropout layerNormDropout) {
        this.linearLayers = linearLayers;
        this.products = products;
        this.layerNormDropout = layerNormDropout;
    }

    /** Whether there is a kernel for that layer and normalisation. */
    static boolean takes(LinearGeluOperands layer, LayerNormOperands norm) {
        return norm.x().shape().width() == WIDTH
                && NormalizedProducts.fitTiles(
                        layer.input(), layer.weight(), norm.x(), norm.y(), layer.x(), layer.preActivation());
    }

    /** As {@link org.jelectra.backend.Backend#linearGeluLayerNorm}, of what this {@link #takes}. */
    Operation forward(LinearGeluOperands layer, LayerNormOperands norm) {
        KernelArguments arguments = KernelArguments.of()
                .pointer(CudaStorage.address(layer.x()))
                .pointer(CudaStorage.address(layer.rows()))
                .int32(layer.x().shape().rows())
                .pointer(CudaStorage.address(layer.gathered()))
                .pointer(CudaStorage.bf16Address(layer.weight()))
                .pointer(CudaStorage.address(layer.bias()))
                .int32(layer.x().shape().width());
        DropoutArguments.add(arguments, norm.dropout())
                .pointer(CudaStorage.address(norm.gamma()))
                .pointer(CudaStorage.address(norm.beta()))
                .float32(norm.epsilon())
                .pointer(CudaStorage.address(layer.preActivation()))
                .pointer(CudaStorage.address(norm.x()))
                .pointer(CudaStorage.address(norm.y()))
                .pointer(CudaStorage.address(norm.stats()))
                .int64(norm.x().shape().rows());
        return products.launch("gemm_forward_gelu_layer_norm_w", norm.x(), arguments);
    }

    /** As {@link org.jelectra.backend.Backend#linearBackwardInputLayerNormDropout}. */
    NormPass backward(Tensor dy, Tensor weight, LayerNormBackward norm) {
        if (!inOneLaunch(dy, weight, norm)) {
            LayerNormBackward whole = norm.withDy();
            return layerNormDropout
                    .backward(whole)
                    .with(launch -> Operation.sequence(
                            linearLayers.backwardInput(dy, weight, whole.dy(), norm.dy() != null), launch));
        }
        return new NormPass(norm.dGamma(), norm.dBeta(), products.blocks(norm.x()), partials -> {
            KernelArguments arguments = KernelArguments.of()
                    .pointer(CudaStorage.address(dy))
                    .pointer(CudaStorage.bf16Address(weight))
                    .int32(dy.shape().width())
                    .pointer(CudaStorage.address(norm.dy()))
                    .pointer(CudaStorage.address(norm.x()))
                    .pointer(CudaStorage.address(norm.stats()))
                    .pointer(CudaStorage.address(norm.gamma()));
            DropoutArguments.add(arguments, norm.dropout())
                    .pointer(CudaStorage.address(norm.dx()))
                    .int64(dy.shape().rows())
                    .pointer(partials);
            return products.launch("gemm_backward_input_layer_norm_dropout_w", norm.x(), arguments);
        });
    }

    private static boolean inOneLaunch(Tensor dy, Tensor weight, LayerNormBackward norm) {
        return norm.x().shape().width() == WIDTH
                && dy.shape().width() == weight.shape().rows()
                && NormalizedProducts.fitTiles(dy, weight, norm.x(), norm.dy(), norm.dx());
    }
}
