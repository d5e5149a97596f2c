package org.jelectra.backend;

import org.jelectra.tensor.DType;

/**
 * What the numbers of a run were computed by: others round in another way.
 *
 * @param backend name of the backend
 * @param kernels kind of its inner loops, see {@link Backend#kernels}; null where it has one kind, or where an older file does not tell
 * @param valueType type of its values
 */
public record ComputedBy(String backend, String kernels, DType valueType) {

    /** What a backend computes with. */
    public static ComputedBy of(Backend backend) {
        return new ComputedBy(backend.name(), backend.kernels(), backend.valueType());
    }

    /** Whether both give the same bits, as far as is known. */
    public boolean roundsAs(ComputedBy other) {
        return backend.equals(other.backend)
                && valueType == other.valueType
                && (kernels == null || other.kernels == null || kernels.equals(other.kernels));
    }

    /** For people, such as {@code cuda in bf16} or {@code cpu in float32 (kernels: vector)}. */
    @Override
    public String toString() {
        return backend + " in " + valueType.label() + (kernels == null ? "" : " (kernels: " + kernels + ")");
    }
}
