package org.jelectra.autograd;

import org.jelectra.tensor.Tensor;

/** A value on a tape: its tensor and, once a backward pass is recorded, the tensor of its gradient. */
public final class Variable {

    private final Tensor value;
    private final boolean requiresGradient;
    private Tensor gradient;

    Variable(Tensor value, boolean requiresGradient) {
        this.value = value;
        this.requiresGradient = requiresGradient;
    }

    /** The value. */
    public Tensor value() {
        return value;
    }

    /** Whether anything trained lies behind this value. */
    public boolean requiresGradient() {
        return requiresGradient;
    }

    /** Gradient of the recorded losses, or null where none was recorded or none reaches this value. */
    public Tensor gradient() {
        return gradient;
    }

    void gradient(Tensor newGradient) {
        gradient = newGradient;
    }
}
