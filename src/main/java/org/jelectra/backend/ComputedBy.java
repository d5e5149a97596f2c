package org.jelectra.backend;

import org.jelectra.tensor.DType;

/**
 * What the numbers of a run were computed by: others round in another way.
 *
 * @param backend name of the backend
 * @param valueType type of its values
 */
public record ComputedBy(String backend, DType valueType) {

    /** What a backend computes with. */
    public static ComputedBy of(Backend backend) {
        return new ComputedBy(backend.name(), backend.valueType());
    }

    /** For people, such as {@code cuda in bf16}. */
    @Override
    public String toString() {
        return backend + " in " + valueType.label();
    }
}
