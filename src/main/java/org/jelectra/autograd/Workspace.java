package org.jelectra.autograd;

import java.util.EnumMap;
import java.util.Map;
import org.jelectra.backend.Backend;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Storage;

/**
 * Memory that several programs use one after another: recordings of one model for batches of different lengths need not hold
 * memory for all lengths at once. What a program keeps is readable until another one runs. Whoever records the largest batch
 * first needs no more memory than that one.
 */
public final class Workspace {

    private final Backend backend;
    private final Map<DType, Storage> storages = new EnumMap<>(DType.class);

    /** An empty workspace on a backend. */
    public Workspace(Backend backend) {
        this.backend = backend;
    }

    /** Memory of at least that many elements; new where what there is does not suffice. */
    Storage storage(DType dtype, long size) {
        Storage storage = storages.get(dtype);
        if (storage == null || storage.size() < size) {
            storage = backend.allocate(dtype, size);
            storages.put(dtype, storage);
        }
        return storage;
    }
}
