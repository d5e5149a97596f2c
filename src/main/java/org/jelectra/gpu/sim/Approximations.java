package org.jelectra.gpu.sim;

/**
 * Functions that a device computes approximately, here rounded from double precision: better than the device, within its error
 * bounds (PTX ISA, for ex2, lg2, rcp, rsqrt, sqrt, sin, cos and tanh). {@link RoughFunctions} is at the edge of some.
 */
final class Approximations {

    private static final double LN2 = 0.693147180559945309;
    private static final double INVERSE_LN2 = 1 / LN2;

    private Approximations() {}

    /** A subnormal becomes a zero of its sign. */
    static float flush(float x) {
        return Math.abs(x) < Float.MIN_NORMAL ? Math.copySign(0f, x) : x;
    }

    /** The smaller; a NaN only if both are. */
    static float min(float a, float b) {
        return a != a ? b : b != b ? a : Math.min(a, b);
    }

    /** The larger; a NaN only if both are. */
    static float max(float a, float b) {
        return a != a ? b : b != b ? a : Math.max(a, b);
    }

    /** The smaller; a NaN only if both are. */
    static double min(double a, double b) {
        return a != a ? b : b != b ? a : Math.min(a, b);
    }

    /** The larger; a NaN only if both are. */
    static double max(double a, double b) {
        return a != a ? b : b != b ? a : Math.max(a, b);
    }

    /** Clamped to [0, 1]; a NaN becomes 0. */
    static float saturate(float x) {
        return x > 0 ? Math.min(x, 1) : 0;
    }

    /** 2 to the x. */
    static float exp2(float x) {
        if (!(x > -150)) {
            return x != x ? x : 0;
        }
        if (x >= 128) {
            return Float.POSITIVE_INFINITY;
        }
        double whole = Math.rint(x);
        double t = (x - whole) * LN2;
        // Taylor: |t| < 0.35, so the first term left out is below 2^-31 of the result
        double p = 1
                + t
                        * (1
                                + t
                                        * (1 / 2.0
                                                + t
                                                        * (1 / 6.0
                                                                + t
                                                                        * (1 / 24.0
                                                                                + t
                                                                                        * (1 / 120.0
                                                                                                + t
                                                                                                        * (1 / 720.0
                                                                                                                + t
                                                                                                                        * (1
                                                                                                                                        / 5040.0
                                                                                                                                + t
                                                                                                                                        / 40320)))))));
        return (float) (p * Double.longBitsToDouble((long) (1023 + (int) whole) << 52));
    }

    /** Logarithm to base 2. */
    static float log2(float x) {
        return (float) (Math.log(x) * INVERSE_LN2);
    }

    /** What the double-precision approximations keep: the upper half of the bits. */
    static double coarse(double x) {
        return Double.longBitsToDouble(Double.doubleToRawLongBits(x) & 0xFFFFFFFF00000000L);
    }
}
