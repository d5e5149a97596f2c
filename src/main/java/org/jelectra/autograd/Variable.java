package org.jelectra.autograd;

import org.jelectra.tensor.Tensor;

/** A value on a tape: its tensor and, once a backward pass is recorded, the tensor of its gradient. */
public final class Variable {

    private final Tensor value;
    private final boolean requiresGradient;
    private Tensor gradient;
    private boolean defersProduct;
    private InputProduct deferredProduct;

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

    /**
     * Gradient of the recorded losses, or null where none was recorded or none reaches this value. That of a normalisation's result
     * may lack that of a layer that reads it, which the backward pass of the normalisation then computes.
     */
    public Tensor gradient() {
        return gradient;
    }

    void gradient(Tensor newGradient) {
        gradient = newGradient;
    }

    /** Says that the operation whose result this is goes back through one layer that reads it itself. */
    void deferProduct() {
        defersProduct = true;
    }

    /**
     * Leaves the backward pass of a layer that reads this to the operation whose result this is, which comes after all others that
     * contribute to the gradient. Returns false where that takes none, or has one already.
     */
    boolean defer(InputProduct product) {
        if (!defersProduct || deferredProduct != null) {
            return false;
        }
        deferredProduct = product;
        return true;
    }

    /** What was left to it; null for none. */
    InputProduct deferredProduct() {
        return deferredProduct;
    }
}
