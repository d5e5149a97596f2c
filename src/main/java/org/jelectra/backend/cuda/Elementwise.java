package org.jelectra.backend.cuda;

import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.Launch;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.DType;
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

    /** Prepares {@code target = bf16(source)} for {@code count} floats at device addresses. */
    static Launch cast(Device device, long source, long target, long count) {
        LaunchShape shape = LaunchShape.of(Packs.blocks(count, THREADS * PACKS * CAST), THREADS);
        KernelArguments arguments =
                KernelArguments.of().pointer(source).pointer(target).int64(count);
        return device.kernel(FAMILY, "cast").prepare(shape, arguments);
    }

    Operation fill(Tensor x, float value) {
        KernelArguments arguments =
                KernelArguments.of().pointer(device.address(x)).float32(value).int64(x.size());
        return writing(x, device.operation(device.kernel(FAMILY, "fill", x.dtype()), shape(x), arguments));
    }

    Operation add(Tensor x, Tensor y) {
        return writing(y, device.operation(device.kernel(FAMILY, "add", x.dtype()), shape(x), arguments(x, y)));
    }

    Operation dropout(Tensor x, Dropout dropout, Tensor y) {
        KernelArguments arguments = KernelArguments.of().pointer(device.address(x));
        DropoutArguments.add(device, arguments, dropout)
                .pointer(device.address(y))
                .int64(x.size());
        return writing(y, device.operation(device.kernel(FAMILY, "dropout", x.dtype()), shape(x), arguments));
    }

    Operation gelu(Tensor x, Tensor y) {
        return writing(y, device.operation(device.kernel(GELU, "gelu_forward", x.dtype()), shape(x), arguments(x, y)));
    }

    Operation geluBackward(Tensor x, Tensor dy, Tensor dx) {
        return writing(
                dx, device.operation(device.kernel(GELU, "gelu_backward", x.dtype()), shape(x), arguments(x, dy, dx)));
    }

    /** The operation whose result is y, which can be parameters: it also writes their copy in bf16. */
    private Operation writing(Tensor y, Operation operation) {
        return y.dtype() == DType.FLOAT32
                ? new CopiedResult(operation, CudaStorage.of(y, device), y.offset(), y.size())
                : operation;
    }

    /** A matrix product can ask for the copy after the operation has been prepared, so the first run with a copy prepares its update. */
    private static final class CopiedResult implements Operation {

        private final Operation operation;
        private final CudaStorage storage;
        private final long offset;
        private final long count;
        private Operation copy;

        CopiedResult(Operation operation, CudaStorage storage, long offset, long count) {
            this.operation = operation;
            this.storage = storage;
            this.offset = offset;
            this.count = count;
        }

        @Override
        public void run() {
            if (copy == null && storage.hasBf16Copy()) {
                copy = storage.bf16Refresh(offset, count);
            }
            operation.run();
            if (copy != null) {
                copy.run();
            }
        }
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
