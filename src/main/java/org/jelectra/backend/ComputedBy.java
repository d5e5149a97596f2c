package org.jelectra.backend;

import org.jelectra.tensor.DType;

/**
 * What the numbers of a run were computed by: others round in another way.
 *
 * @param backend name of the backend; null where it was not recorded
 * @param valueType of its values; null where it was not recorded
 */
public record ComputedBy(String backend, DType valueType) {

    /** What a backend computes with. */
    public static ComputedBy of(Backend backend) {
        return new ComputedBy(backend.name(), backend.valueType());
    }

    /** Whether something is recorded of both in which they differ. */
    public boolean differsFrom(ComputedBy other) {
        return backend != null && other.backend != null && !backend.equals(other.backend)
                || valueType != null && other.valueType != null && valueType != other.valueType;
    }

    /** For people, such as {@code cuda in bf16}. */
    @Override
    public String toString() {
        return backend + (valueType == null ? "" : " in " + valueType.label());
    }
}
