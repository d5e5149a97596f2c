package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * Copies of some tensors for the host, {@link #take taken} in the order of the operations and {@link #read read} whenever the host
 * gets to it, so that a device need not wait for the host in between. Made by {@link Backend#readback}.
 */
public interface Readback {

    /** Takes copies of all its tensors as all operations run so far leave them, in place of those taken before. Does not wait. */
    void take();

    /** Copies the {@code tensor.size()} floats that were taken into {@code target}; waits for them where they are on their way. */
    void read(Tensor tensor, float[] target);

    /** Copies the {@code tensor.size()} ints that were taken into {@code target}; waits for them where they are on their way. */
    void read(Tensor tensor, int[] target);
}
