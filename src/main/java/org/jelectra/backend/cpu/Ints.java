package org.jelectra.backend.cpu;

import org.jelectra.tensor.Tensor;

/** The elements of a tensor of INT32, from 0 on. */
record Ints(int[] array, int from) {

    static Ints of(Tensor tensor) {
        return new Ints(CpuStorage.ints(tensor), CpuStorage.offset(tensor));
    }

    int get(int index) {
        return array[from + index];
    }

    void set(int index, int value) {
        array[from + index] = value;
    }
}
