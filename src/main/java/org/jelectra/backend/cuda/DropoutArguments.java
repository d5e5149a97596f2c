package org.jelectra.backend.cuda;

import org.jelectra.backend.Dropout;
import org.jelectra.gpu.KernelArguments;

/** The parameters {@code const int* clock, int stream, int threshold, float scale} of kernels with dropout. */
final class DropoutArguments {

    private DropoutArguments() {}

    /** Adds them; the clock of an inactive dropout is a null pointer. */
    static KernelArguments add(Device device, KernelArguments arguments, Dropout dropout) {
        boolean active = dropout.isActive();
        return arguments
                .pointer(active ? device.address(dropout.randomness().clock()) : 0)
                .int32(active ? dropout.randomness().stream() : 0)
                .int32(dropout.threshold())
                .float32(dropout.scale());
    }
}
