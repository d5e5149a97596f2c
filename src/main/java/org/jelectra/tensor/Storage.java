package org.jelectra.tensor;

/** Memory of one element type that a backend owns: an array on the CPU, a range of device memory on a GPU. */
public interface Storage {

    /** Type of the elements. */
    DType dtype();

    /** Number of elements. */
    long size();
}
