package org.jelectra.backend.cuda;

/** Conversion between float and bf16 bits, rounding to nearest, ties to even, as {@code cvt.rn.bf16.f32} does. */
final class Bfloat16 {

    private static final short NAN = 0x7FFF;

    private Bfloat16() {}

    /** Bits of the nearest bf16. */
    static short of(float value) {
        if (Float.isNaN(value)) {
            return NAN;
        }
        int bits = Float.floatToRawIntBits(value);
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    /** The number that the bits stand for. */
    static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }
}
