package org.jelectra.backend.cuda;

import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.Launch;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.Tensor;

/** Operations on each element by itself. Kernels: {@code kernels/elementwise.cu} and {@code kernels/gelu.cu}. */
final class Elementwise {

    private static final String FAMILY = "elementwise";
    private static final String GELU = "gelu";
    private static final int THREADS = 256;
    /** Packs of one thread. */
    private static final int PACKS = 2;
    /** Elements that a thread of the conversion to bf16 takes at a time. */
    private static final int CAST = 4;

    private final Device device;

    Elementwise(Device device) {
        this.device = device;
    }

    /** {@code target = bf16(source)} for {@code count} floats at device addresses, once and now (in the order of the stream). */
    static void cast(Device device, long source, long target, long count) {
        LaunchShape shape = LaunchShape.of(Packs.blocks(count, THREADS * PACKS * CAST), THREADS);
        KernelArguments arguments =
                KernelArguments.of().pointer(source).pointer(target).int64(count);
        try (Launch launch = device.kernel(FAMILY, "cast").prepare(shape, arguments)) {
            launch.run(device.stream());
        }
    }

    Operation fill(Tensor x, float value) {
        KernelArguments arguments =
                KernelArguments.of().pointer(device.address(x)).float32(value).int64(x.size());
        return device.operation(device.kernel(FAMILY, "fill", x.dtype()), shape(x), arguments);
    }

    Operation add(Tensor x, Tensor y) {
        return device.operation(device.kernel(FAMILY, "add", x.dtype()), shape(x), arguments(x, y));
    }

    Operation dropout(Tensor x, Dropout dropout, Tensor y) {
        KernelArguments arguments = KernelArguments.of().pointer(device.address(x));
        DropoutArguments.add(device, arguments, dropout)
                .pointer(device.address(y))
                .int64(x.size());
        return device.operation(device.kernel(FAMILY, "dropout", x.dtype()), shape(x), arguments);
    }

    Operation gelu(Tensor x, Tensor y) {
        return device.operation(device.kernel(GELU, "gelu_forward", x.dtype()), shape(x), arguments(x, y));
    }

    Operation geluBackward(Tensor x, Tensor dy, Tensor dx) {
        return device.operation(device.kernel(GELU, "gelu_backward", x.dtype()), shape(x), arguments(x, dy, dx));
    }

    private KernelArguments arguments(Tensor... tensors) {
        KernelArguments arguments = KernelArguments.of();
        for (Tensor tensor : tensors) {
            arguments.pointer(device.address(tensor));
        }
        return arguments.int64(tensors[0].size());
    }

    private static LaunchShape shape(Tensor x) {
        return LaunchShape.of(Packs.blocks(x.size(), (long) THREADS * PACKS * Packs.size(x.dtype())), THREADS);
    }
}
