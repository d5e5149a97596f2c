package org.jelectra.backend.cuda;

import org.jelectra.backend.LayerNormBackward;
import org.jelectra.backend.LayerNormOperands;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.Kernel;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.Tensor;

/**
 * Layer normalisation and dropout of its result: in one launch for values that {@link #takes} accepts, else one after the other. Kernels:
 * {@code kernels/layer_norm.cu}.
 */
final class LayerNorm {

    private static final String FAMILY = "layer_norm";
    /** That of small embeddings: where they are wider, a step is too long for a few launches to matter. */
    private static final int WIDTH = 128;

    private final Device device;
    private final Elementwise elementwise;
    private final AddLayerNorm addLayerNorm;

    LayerNorm(Device device, Elementwise elementwise, AddLayerNorm addLayerNorm) {
        this.device = device;
        this.elementwise = elementwise;
        this.addLayerNorm = addLayerNorm;
    }

    /** Whether matrices of this width and at these addresses can be read, or written, here. */
    static boolean takes(Tensor... matrices) {
        return matrices[0].shape().width() == WIDTH && Packs.aligned(matrices);
    }

    private static boolean takes(LayerNormBackward norm) {
        return takes(norm.x(), norm.dy(), norm.dx());
    }

    /** In one launch, of matrices that this {@link #takes}. */
    Operation forward(LayerNormOperands norm) {
        Tensor x = norm.x();
        Kernel kernel = device.kernel(FAMILY, "layer_norm_dropout_forward_w" + WIDTH, x.dtype());
        KernelArguments arguments = KernelArguments.of().pointer(device.address(x));
        DropoutArguments.add(device, arguments, norm.dropout())
                .pointer(device.address(norm.gamma()))
                .pointer(device.address(norm.beta()))
                .float32(norm.epsilon())
                .pointer(device.address(norm.y()))
                .pointer(device.address(norm.stats()))
                .int64(x.shape().rows());
        return device.operation(kernel, addLayerNorm.registerForward(kernel, x), arguments);
    }

    LayerNormBackwardPass backward(LayerNormBackward norm) {
        if (!takes(norm)) {
            LayerNormBackwardPass rest = addLayerNorm.backward(norm.addLayerNorm());
            return norm.dropout().isActive()
                    ? rest.with(launch ->
                            Operation.sequence(elementwise.dropout(norm.dy(), norm.dropout(), norm.dx()), launch))
                    : rest;
        }
        return launch("layer_norm_dropout_backward_w", norm, null);
    }

    /** As {@link org.jelectra.backend.Backend#layerNormGeluBackward}. */
    LayerNormBackwardPass backwardGelu(LayerNormBackward norm, Tensor preActivation) {
        if (!takes(norm) || !Packs.aligned(preActivation)) {
            return backward(norm)
                    .with(launch ->
                            Operation.sequence(launch, elementwise.geluBackward(preActivation, norm.dx(), norm.dx())));
        }
        return launch("layer_norm_gelu_backward_w", norm, preActivation);
    }

    /** By one launch, of matrices that this {@link #takes}; the preActivation may be null for none. */
    private LayerNormBackwardPass launch(String name, LayerNormBackward norm, Tensor preActivation) {
        Tensor dy = norm.dy();
        Kernel kernel = device.kernel(FAMILY, name + WIDTH, dy.dtype());
        LaunchShape shape = AddLayerNorm.registerBackward(kernel, dy);
        return new LayerNormBackwardPass(norm.dGamma(), norm.dBeta(), shape.gridX(), partials -> {
            KernelArguments arguments = KernelArguments.of()
                    .pointer(device.address(dy))
                    .pointer(device.address(norm.x()))
                    .pointer(device.address(norm.stats()))
                    .pointer(device.address(norm.gamma()));
            DropoutArguments.add(device, arguments, norm.dropout())
                    .pointer(device.address(norm.dx()))
                    .int64(dy.shape().rows())
                    .pointer(partials);
            return device.operation(
                    kernel,
                    shape,
                    preActivation == null ? arguments : arguments.pointer(device.address(preActivation)));
        });
    }
}
