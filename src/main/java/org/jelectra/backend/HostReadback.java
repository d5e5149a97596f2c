package org.jelectra.backend;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/** Copies in arrays, for backends whose operations have run when they return. */
final class HostReadback implements Readback {

    private final Backend backend;
    private final List<Tensor> tensors;
    private final Map<Tensor, float[]> floats = new IdentityHashMap<>();
    private final Map<Tensor, int[]> ints = new IdentityHashMap<>();

    HostReadback(Backend backend, List<Tensor> tensors) {
        this.backend = backend;
        this.tensors = List.copyOf(tensors);
        for (Tensor tensor : tensors) {
            int size = Math.toIntExact(tensor.size());
            if (tensor.dtype() == DType.INT32) {
                ints.put(tensor, new int[size]);
            } else {
                floats.put(tensor, new float[size]);
            }
        }
    }

    @Override
    public void take() {
        for (int i = 0; i < tensors.size(); i++) {
            Tensor tensor = tensors.get(i);
            if (tensor.dtype() == DType.INT32) {
                backend.download(tensor, ints.get(tensor), 0);
            } else {
                backend.download(tensor, floats.get(tensor), 0);
            }
        }
    }

    @Override
    public void read(Tensor tensor, float[] target) {
        float[] values = taken(floats.get(tensor), tensor);
        System.arraycopy(values, 0, target, 0, values.length);
    }

    @Override
    public void read(Tensor tensor, int[] target) {
        int[] values = taken(ints.get(tensor), tensor);
        System.arraycopy(values, 0, target, 0, values.length);
    }

    private static <T> T taken(T values, Tensor tensor) {
        if (values == null) {
            throw new IllegalArgumentException(
                    tensor + " is not among the tensors of this readback, or of another type");
        }
        return values;
    }
}
