package org.jelectra.io;

import java.io.IOException;
import java.util.List;

/** A file of named tensors whose values are read on demand. Not safe for use by several threads. */
public interface TensorFile extends AutoCloseable {

    /** The names of the tensors, in the order of the file. */
    List<String> names();

    /** Whether the file holds a tensor of this name. */
    boolean contains(String name);

    /** The sizes of a tensor, outermost first; empty for a scalar. */
    long[] shape(String name);

    /** The element type as the safetensors format spells it, for example {@code F32}. */
    String dtype(String name);

    /**
     * All values of a tensor of type F32, F64, F16 or BF16, row-major, as float32: F16 and BF16 exactly, F64 rounded.
     *
     * @throws IOException if the tensor has another type, has 2^31 elements or more, or cannot be read
     */
    float[] floats(String name) throws IOException;

    /** Bytes of the tensors whose memory is an earlier tensor's of the file; 0 where each has its own. */
    long sharedBytes();

    @Override
    void close() throws IOException;
}
