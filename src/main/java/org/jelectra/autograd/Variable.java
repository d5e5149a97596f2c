package org.jelectra.autograd;

import java.util.Arrays;
import org.jelectra.tensor.Tensor;

/** A value on a tape: its tensor and, once a backward pass is recorded, the tensor of its gradient. */
public final class Variable {

    private final Recording recording;
    private final Tensor value;
    private final boolean requiresGradient;
    private final boolean isParameter;

    private Tensor gradient;
    private Class<? extends DeferredGradient> defers;
    private DeferredGradient deferred;

    Variable(Recording recording, Tensor value, boolean requiresGradient) {
        this.recording = recording;
        this.value = value;
        this.requiresGradient = requiresGradient;
        isParameter = false;
    }

    Variable(Recording recording, Parameter parameter) {
        this.recording = recording;
        isParameter = true;
        value = parameter.value();
        gradient = parameter.gradient();
        requiresGradient = true;
    }

    /** The value. Its memory holds it only while recorded steps need it, unless {@link Tape#keep} keeps it. */
    public Tensor value() {
        return value;
    }

    /** What it is a value of. */
    Recording recording() {
        return recording;
    }

    /** Whether anything trained lies behind this value: no backward pass is recorded of what is computed from constants alone. */
    public boolean requiresGradient() {
        return requiresGradient;
    }

    /** Whether one of these does, of which any may be null. */
    static boolean anyRequiresGradient(Variable... variables) {
        return Arrays.stream(variables).anyMatch(variable -> variable != null && variable.requiresGradient);
    }

    /**
     * Gradient of the recorded losses, or null where none was recorded, required or reaches this value. That of a normalisation's result
     * may lack what one of the layers that read it contributes, which the backward pass of the normalisation then computes.
     *
     * <p>Its memory too holds it only while recorded steps need it, unless it is {@linkplain Tape#keep kept}. Even then the backward passes of
     * GELU (alone, or behind a layer or a sum) and of {@link Tape#add} put the gradient of what these operations read in the place of their
     * result's; gradients of parameters and of other operations' results stay.
     */
    public Tensor gradient() {
        return gradient;
    }

    /** Whether it is trained itself, not computed from what is, and no constant. */
    boolean isParameter() {
        return isParameter;
    }

    void gradient(Tensor newGradient) {
        gradient = newGradient;
    }

    /** Says that the operation whose result this is computes one contribution of that kind to its gradient itself. */
    void defers(Class<? extends DeferredGradient> kind) {
        defers = kind;
    }

    /**
     * Leaves a contribution to the gradient to the operation whose result this is, which comes after all others that contribute.
     * Returns false where that takes none of its kind, or has one already.
     */
    boolean defer(DeferredGradient contribution) {
        if (defers == null || !defers.isInstance(contribution) || deferred != null) {
            return false;
        }
        deferred = contribution;
        return true;
    }

    /** What the gradient lacks; null for nothing. */
    DeferredGradient deferred() {
        return deferred;
    }
}
