package org.jelectra.backend.cuda;

import org.jelectra.backend.LayerNormBackward;
import org.jelectra.backend.LayerNormOperands;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.Kernel;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.tensor.Tensor;

/**
 * Layer normalisation and dropout of its result: in one launch for values that {@link #takes} accepts, else one after the other. Kernels:
 * {@code kernels/layer_norm.cu}.
 */
final class LayerNormDropout {

    private static final String FAMILY = "layer_norm";
    /** That of small embeddings: where they are wider, a step is too long for a few launches to matter. */
    private static final int WIDTH = 128;

    private final Device device;
    private final Elementwise elementwise;
    private final LayerNormalization layerNormalization;

    LayerNormDropout(Device device, Elementwise elementwise, LayerNormalization layerNormalization) {
        this.device = device;
        this.elementwise = elementwise;
        this.layerNormalization = layerNormalization;
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
        KernelArguments arguments = KernelArguments.of().pointer(CudaStorage.address(x));
        DropoutArguments.add(arguments, norm.dropout())
                .pointer(CudaStorage.address(norm.gamma()))
                .pointer(CudaStorage.address(norm.beta()))
                .float32(norm.epsilon())
                .pointer(CudaStorage.address(norm.y()))
                .pointer(CudaStorage.address(norm.stats()))
                .int64(x.shape().rows());
        return device.operation(kernel, layerNormalization.registerForward(kernel, x), arguments);
    }

    Operation backward(LayerNormBackward norm) {
        long partials = scratch(norm);
        return Operation.sequence(backward(norm, partials), finish(norm, partials));
    }

    /** As {@link org.jelectra.backend.Backend#layerNormGeluBackward}. */
    Operation backwardGelu(LayerNormBackward norm, Tensor preActivation) {
        long partials = scratch(norm);
        return Operation.sequence(backwardGelu(norm, preActivation, partials), finish(norm, partials));
    }

    private long scratch(LayerNormBackward norm) {
        return device.scratch(
                2L * Float.BYTES * partials(norm) * norm.x().shape().width());
    }

    private Operation finish(LayerNormBackward norm, long partials) {
        return layerNormalization.finish(
                partials, partials(norm), norm.x().shape().width(), norm.dGamma(), norm.dBeta());
    }

    /** How many partial sums [2,H], of the gradients of gamma and beta, a backward pass of these operands leaves. */
    int partials(LayerNormBackward norm) {
        return takes(norm)
                ? LayerNormalization.registerBackward(backwardKernel(norm.dy()), norm.dy())
                        .gridX()
                : layerNormalization.partials(norm.normalization());
    }

    /** The backward pass up to the partial sums, of which it writes as many as {@link #partials} says, one behind the other. */
    Operation backward(LayerNormBackward norm, long partials) {
        Tensor dy = norm.dy();
        if (!takes(norm)) {
            Operation rest = layerNormalization.backward(norm.normalization(), partials);
            return norm.dropout().isActive()
                    ? Operation.sequence(elementwise.dropout(dy, norm.dropout(), norm.dx()), rest)
                    : rest;
        }
        Kernel kernel = backwardKernel(dy);
        return device.operation(
                kernel, LayerNormalization.registerBackward(kernel, dy), backwardArguments(norm, partials));
    }

    /** As {@link #backward(LayerNormBackward, long)}, and back through the GELU before. */
    Operation backwardGelu(LayerNormBackward norm, Tensor preActivation, long partials) {
        Tensor dx = norm.dx();
        if (!takes(norm) || !Packs.aligned(preActivation)) {
            return Operation.sequence(backward(norm, partials), elementwise.geluBackward(preActivation, dx, dx));
        }
        Kernel kernel = device.kernel(FAMILY, "layer_norm_gelu_backward_w" + WIDTH, dx.dtype());
        KernelArguments arguments = backwardArguments(norm, partials).pointer(CudaStorage.address(preActivation));
        return device.operation(kernel, LayerNormalization.registerBackward(kernel, dx), arguments);
    }

    private static KernelArguments backwardArguments(LayerNormBackward norm, long partials) {
        KernelArguments arguments = KernelArguments.of()
                .pointer(CudaStorage.address(norm.dy()))
                .pointer(CudaStorage.address(norm.x()))
                .pointer(CudaStorage.address(norm.stats()))
                .pointer(CudaStorage.address(norm.gamma()));
        return DropoutArguments.add(arguments, norm.dropout())
                .pointer(CudaStorage.address(norm.dx()))
                .int64(norm.dy().shape().rows())
                .pointer(partials);
    }

    private Kernel backwardKernel(Tensor dy) {
        return device.kernel(FAMILY, "layer_norm_dropout_backward_w" + WIDTH, dy.dtype());
    }
}
