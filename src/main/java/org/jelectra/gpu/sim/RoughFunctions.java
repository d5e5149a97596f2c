package org.jelectra.gpu.sim;

import java.util.Map;

/**
 * Approximate functions at the edge of the error that a device may make (PTX ISA, the notes on ex2, rcp and rsqrt), above the exact value
 * or below it by a hash of the operand: the same operand always gives the same result. Values that the PTX ISA names are exact.
 */
final class RoughFunctions {

    /** Largest relative error of rsqrt. */
    private static final double RSQRT_ERROR = Math.pow(2, -22.9);
    /** Largest error of ex2 in units of the last place of the rounded value. */
    private static final int EX2_ULPS = 2;

    /** A function of a positive number, at the edge that is wanted. */
    @FunctionalInterface
    private interface Edge {
        float of(float x, boolean above);
    }

    private static final Map<String, Loops.Floats> LOOPS = Map.of(
            "ex2", loop(RoughFunctions::exp2),
            "rcp", loop(RoughFunctions::reciprocal),
            "rsqrt", loop(RoughFunctions::inverseRoot));

    private RoughFunctions() {}

    /** The loop of an operation; null where it is none of these. */
    static Loops.Floats loop(String operation) {
        return LOOPS.get(operation);
    }

    private static Loops.Floats loop(Edge function) {
        return (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = function.of(a[i], Integer.bitCount(Float.floatToRawIntBits(a[i]) * 0x9E3779B1) % 2 == 0);
            }
        };
    }

    private static float exp2(float x, boolean above) {
        float nearest = Approximations.exp2(x);
        return x == 0 ? nearest : edge(nearest, nearest, EX2_ULPS * ulp(nearest, above), above);
    }

    private static float reciprocal(float x, boolean above) {
        float nearest = 1 / x;
        return Math.copySign(
                edge(Math.abs(nearest), 1 / Math.abs((double) x), ulp(Math.abs(nearest), above), above), nearest);
    }

    private static float inverseRoot(float x, boolean above) {
        double exact = 1 / Math.sqrt(x);
        return edge((float) exact, exact, exact * RSQRT_ERROR, above);
    }

    /** To the next float above or below. */
    private static double ulp(float x, boolean above) {
        return above ? (double) Math.nextUp(x) - x : (double) x - Math.nextDown(x);
    }

    /** The float that is as far from a number as its error may be; the nearest one where that is 0 or not finite. */
    private static float edge(float nearest, double exact, double error, boolean above) {
        if (!(nearest > 0) || nearest == Float.POSITIVE_INFINITY) {
            return nearest;
        }
        float edge = (float) (above ? exact + error : exact - error);
        if (Math.abs(edge - exact) > error) {
            edge = above ? Math.nextDown(edge) : Math.nextUp(edge);
        }
        return edge == Float.POSITIVE_INFINITY ? nearest : edge;
    }
}
