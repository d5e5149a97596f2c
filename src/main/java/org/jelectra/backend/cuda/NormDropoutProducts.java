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

    private final Device device;
    private final LinearLayers linearLayers;
    private final NormalizedProducts products;
    private final LayerNormalization layerNormalization;
    private final LayerNormDropout layerNormDropout;

    NormDropoutProducts(
            Device device,
            LinearLayers linearLayers,
            NormalizedProducts products,
            LayerNormalization layerNormalization,
            LayerNormDropout layerNormDropout) {
        this.device = device;
        this.linearLayers = linearLayers;
        this.products = products;
        this.layerNormalization = layerNormalization;
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
    Operation backward(Tensor dy, Tensor weight, LayerNormBackward norm) {
        int width = norm.x().shape().width();
        int count = partials(dy, weight, norm);
        long partials = device.scratch(2L * Float.BYTES * count * width);
        return Operation.sequence(
                backward(dy, weight, norm, partials),
                layerNormalization.finish(partials, count, width, norm.dGamma(), norm.dBeta()));
    }

    /** How many partial sums [2,H], of the gradients of gamma and beta, a backward pass of these operands leaves. */
    int partials(Tensor dy, Tensor weight, LayerNormBackward norm) {
        return inOneLaunch(dy, weight, norm) ? products.blocks(norm.x()) : layerNormDropout.partials(norm.withDy());
    }

    /** Up to the partial sums, of which it writes as many as {@link #partials} says, one behind the other. */
    Operation backward(Tensor dy, Tensor weight, LayerNormBackward norm, long partials) {
        if (!inOneLaunch(dy, weight, norm)) {
            LayerNormBackward whole = norm.withDy();
            return Operation.sequence(
                    linearLayers.backwardInput(dy, weight, whole.dy(), norm.dy() != null),
                    layerNormDropout.backward(whole, partials));
        }
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
    }

    private static boolean inOneLaunch(Tensor dy, Tensor weight, LayerNormBackward norm) {
        return norm.x().shape().width() == WIDTH
                && NormalizedProducts.fitTiles(dy, weight, norm.x(), norm.dy(), norm.dx());
    }
}
