package org.jelectra.gpu.sim;

import java.util.HashMap;
import java.util.Map;
import org.jelectra.gpu.GpuException;

/** Things that the driver gives out by number. */
final class Handles<T> {

    private final String kind;
    private final Map<Long, T> things = new HashMap<>();
    private long next = 1;

    /**
     * @param kind what they are, for errors
     */
    Handles(String kind) {
        this.kind = kind;
    }

    long add(T thing) {
        things.put(next, thing);
        return next++;
    }

    T get(long handle) {
        T thing = things.get(handle);
        if (thing == null) {
            throw unknown(handle);
        }
        return thing;
    }

    T remove(long handle) {
        T thing = things.remove(handle);
        if (thing == null) {
            throw unknown(handle);
        }
        return thing;
    }

    private GpuException unknown(long handle) {
        return new GpuException(
                400, "CUDA_ERROR_INVALID_HANDLE", "there is no " + kind + " " + handle + ", or it has been given back");
    }
}
