package org.jelectra.tensor;

/** Element types. */
public enum DType {
    /** IEEE single precision. */
    FLOAT32(4),
    /** 32-bit signed integers: ids, row numbers, labels, masks. */
    INT32(4);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
