package org.jelectra.gpu.sim;

/** Numbers of 16 bits: the upper half of a float. */
final class Bfloat16 {

    private static final int NAN = 0x7FFF;
    private static final int ONE = 0x3F80;
    /** The sign bit, and negative zero. */
    private static final int SIGN = 0x8000;

    private Bfloat16() {}

    static float toFloat(int bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** Rounded to nearest even; every NaN becomes the canonical one. */
    static int round(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7FFFFFFF) > 0x7F800000) {
            return NAN;
        }
        return bits + 0x7FFF + (bits >>> 16 & 1) >>> 16;
    }

    /** Towards zero. */
    static int truncate(float value) {
        return value != value ? NAN : Float.floatToRawIntBits(value) >>> 16;
    }

    /** {@code a * b + c} with one rounding. */
    static int fma(int a, int b, int c) {
        double product = (double) toFloat(a) * toFloat(b);
        double addend = toFloat(c);
        double sum = product + addend;
        double part = sum - product;
        double lost = (product - (sum - part)) + (addend - part);
        return roundToOdd(sum, lost);
    }

    /** A sum that was rounded to double, with what was lost, to 16 bits: by way of an odd double, which rounds like the exact sum. */
    static int roundToOdd(double sum, double lost) {
        double odd = sum;
        if (lost != 0 && !Double.isNaN(lost) && (Double.doubleToRawLongBits(sum) & 1) == 0) {
            odd = lost > 0 ? Math.nextUp(sum) : Math.nextDown(sum);
        }
        // the same once more from double to float
        float nearest = (float) odd;
        if (nearest != odd
                && !Float.isInfinite(nearest)
                && !Float.isNaN(nearest)
                && (Float.floatToRawIntBits(nearest) & 1) == 0) {
            nearest = nearest < odd ? Math.nextUp(nearest) : Math.nextDown(nearest);
        }
        return round(nearest);
    }

    /** The operation on one number of 16 bits; null where there is none of that name. */
    static Scalar operation(String name) {
        return switch (name) {
            case "fma" -> Bfloat16::fma;
            case "add" -> (a, b, c) -> fma(a, ONE, b);
            case "sub" -> (a, b, c) -> fma(b, ONE | SIGN, a);
            case "mul" -> (a, b, c) -> fma(a, b, SIGN);
            case "min" -> (a, b, c) -> round(Approximations.min(toFloat(a), toFloat(b)));
            case "max" -> (a, b, c) -> round(Approximations.max(toFloat(a), toFloat(b)));
            case "neg" -> (a, b, c) -> a ^ SIGN;
            case "abs" -> (a, b, c) -> a & 0x7FFF;
            default -> null;
        };
    }

    /** An operation on numbers of 16 bits. */
    @FunctionalInterface
    interface Scalar {
        int apply(int a, int b, int c);
    }

    /** The operation on one number in each lane. */
    static Loops.Ints one(Scalar operation) {
        return (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = operation.apply(a[i] & 0xFFFF, b[i] & 0xFFFF, c[i] & 0xFFFF) & 0xFFFF;
            }
        };
    }

    /** The operation on two numbers in each lane. */
    static Loops.Ints two(Scalar operation) {
        return (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                int low = operation.apply(a[i] & 0xFFFF, b[i] & 0xFFFF, c[i] & 0xFFFF) & 0xFFFF;
                d[i] = low | operation.apply(a[i] >>> 16, b[i] >>> 16, c[i] >>> 16) << 16;
            }
        };
    }
}
