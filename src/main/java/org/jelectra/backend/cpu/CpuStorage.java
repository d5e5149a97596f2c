package org.jelectra.backend.cpu;

import org.jelectra.tensor.DType;
import org.jelectra.tensor.Storage;
import org.jelectra.tensor.Tensor;

/**
 * An array on the Java heap. On the heap, because jdk.incubator.vector reads arrays with the same code on JDK 17 and 25 (its
 * off-heap methods changed between them), and because loops over arrays are what the just-in-time compiler vectorises.
 */
final class CpuStorage implements Storage {

    private final DType dtype;
    private final float[] floats;
    private final int[] ints;
    private boolean frozen;

    CpuStorage(DType dtype, long size) {
        if (size < 0 || size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "a CPU storage holds 0 to " + (Integer.MAX_VALUE - 8) + " elements, asked for " + size);
        }
        if (dtype == DType.BFLOAT16) {
            throw new IllegalArgumentException("the CPU backend computes in FLOAT32; it has no BFLOAT16");
        }
        this.dtype = dtype;
        this.floats = dtype == DType.FLOAT32 ? new float[(int) size] : null;
        this.ints = dtype == DType.INT32 ? new int[(int) size] : null;
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public long size() {
        return floats != null ? floats.length : ints.length;
    }

    /** See {@link org.jelectra.backend.Backend#freeze}. */
    void freeze() {
        frozen = true;
    }

    /** Whether the tensor's contents change no more. */
    static boolean isFrozen(Tensor tensor) {
        return of(tensor).frozen;
    }

    /** The array that holds a FLOAT32 tensor. */
    static float[] floats(Tensor tensor) {
        float[] array = of(tensor).floats;
        if (array == null) {
            throw new IllegalArgumentException(tensor + " is not FLOAT32");
        }
        return array;
    }

    /** The array that holds an INT32 tensor. */
    static int[] ints(Tensor tensor) {
        int[] array = of(tensor).ints;
        if (array == null) {
            throw new IllegalArgumentException(tensor + " is not INT32");
        }
        return array;
    }

    /** Index of the tensor's first element in its array. */
    static int offset(Tensor tensor) {
        return (int) tensor.offset();
    }

    private static CpuStorage of(Tensor tensor) {
        if (tensor.storage() instanceof CpuStorage storage) {
            return storage;
        }
        throw new IllegalArgumentException(tensor + " is not in the CPU backend's memory");
    }
}
