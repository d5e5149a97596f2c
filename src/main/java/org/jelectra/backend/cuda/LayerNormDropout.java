package org.jelectra.backend.cuda;

import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.Kernel;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.tensor.Tensor;

/**
 * Layer normalisation and dropout of its result in one launch, for values that {@link #takes} accepts. Kernels: {@code
 * kernels/layer_norm.cu}.
 */
final class LayerNormDropout {

    private static final String FAMILY = "layer_norm";
    /** That of small embeddings: where they are wider, a step is too long for a few launches to matter. */
    private static final int WIDTH = 128;

    private final Device device;
    private final LayerNormalization layerNormalization;

    LayerNormDropout(Device device, LayerNormalization layerNormalization) {
        this.device = device;
        this.layerNormalization = layerNormalization;
    }

    /** Whether matrices of this width and at these addresses can be read, or written, here. */
    static boolean takes(Tensor... matrices) {
        return matrices[0].shape().width() == WIDTH && Packs.aligned(matrices);
    }

    Operation forward(Tensor x, Tensor gamma, Tensor beta, float epsilon, Dropout dropout, Tensor y, Tensor stats) {
        Kernel kernel = device.kernel(FAMILY, "layer_norm_dropout_forward_w" + WIDTH, x.dtype());
        KernelArguments arguments = KernelArguments.of().pointer(CudaStorage.address(x));
        DropoutArguments.add(arguments, dropout)
                .pointer(CudaStorage.address(gamma))
                .pointer(CudaStorage.address(beta))
                .float32(epsilon)
                .pointer(CudaStorage.address(y))
                .pointer(CudaStorage.address(stats))
                .int64(x.shape().rows());
        return device.operation(kernel, layerNormalization.registerForward(kernel, x), arguments);
    }

    Operation backward(
            Tensor dy, Tensor x, Tensor stats, Tensor gamma, Dropout dropout, Tensor dx, Tensor dGamma, Tensor dBeta) {
        int count = partials(dy);
        long partials = device.scratch(2L * Float.BYTES * count * WIDTH);
        return Device.sequence(
                backward(dy, x, stats, gamma, dropout, dx, partials),
                layerNormalization.finish(partials, count, WIDTH, dGamma, dBeta));
    }

    /** How many partial sums [2,H], of the gradients of gamma and beta, a backward pass of this leaves. */
    int partials(Tensor dy) {
        return LayerNormalization.registerBackward(backwardKernel(dy), dy).gridX();
    }

    /** The backward pass up to the partial sums, of which it writes as many as {@link #partials} says, one behind the other. */
    Operation backward(Tensor dy, Tensor x, Tensor stats, Tensor gamma, Dropout dropout, Tensor dx, long partials) {
        Kernel kernel = backwardKernel(dy);
        KernelArguments arguments = KernelArguments.of()
                .pointer(CudaStorage.address(dy))
                .pointer(CudaStorage.address(x))
                .pointer(CudaStorage.address(stats))
                .pointer(CudaStorage.address(gamma));
        DropoutArguments.add(arguments, dropout)
                .pointer(CudaStorage.address(dx))
                .int64(dy.shape().rows())
                .pointer(partials);
        return device.operation(kernel, LayerNormalization.registerBackward(kernel, dy), arguments);
    }

    private Kernel backwardKernel(Tensor dy) {
        return device.kernel(FAMILY, "layer_norm_dropout_backward_w" + WIDTH, dy.dtype());
    }
}
