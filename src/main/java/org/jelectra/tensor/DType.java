package org.jelectra.tensor;

import java.util.Locale;

/** Element types. */
public enum DType {
    /** IEEE single precision. */
    FLOAT32(4),
    /** The upper half of FLOAT32: 8 bits of exponent, 7 of fraction; rounded to nearest, ties to even. */
    BFLOAT16(2),
    /** 32-bit signed integers: ids, row numbers, labels, masks. */
    INT32(4);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Its name on the command line and in what is said to people: float32, bf16 or int32. */
    public String label() {
        return this == BFLOAT16 ? "bf16" : name().toLowerCase(Locale.ROOT);
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** Whether the elements are floating-point numbers. */
    public boolean isFloat() {
        return this != INT32;
    }
}
