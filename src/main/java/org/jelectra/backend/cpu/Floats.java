package org.jelectra.backend.cpu;

import org.jelectra.tensor.Tensor;

/** The elements of a tensor of FLOAT32, from 0 on. */
record Floats(float[] array, int from) {

    static Floats of(Tensor tensor) {
        return new Floats(CpuStorage.floats(tensor), CpuStorage.offset(tensor));
    }

    float get(int index) {
        return array[from + index];
    }

    void set(int index, float value) {
        array[from + index] = value;
    }
}
