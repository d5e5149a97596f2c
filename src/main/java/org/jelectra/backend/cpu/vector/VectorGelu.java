package org.jelectra.backend.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jelectra.backend.cpu.Approximations;

/**
 * GELU and its slope over whole vectors. The slope takes two passes over a block: in one loop it needs some 30 vector
 * operations, and JDK 17 then boxes a vector for every iteration in about half of the runs (0.7 or 3 ns an element).
 */
final class VectorGelu {

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int BLOCK = 1024;

    /** Squares beyond this give exp = 0 exactly, without overflowing. */
    private static final float SQUARE_LIMIT = 1000f;

    /** Two terms for a block; kept by the thread, so that no call allocates. */
    private static final ThreadLocal<float[]> SCRATCH = ThreadLocal.withInitial(() -> new float[2 * BLOCK]);

    private VectorGelu() {}

    /** n is a multiple of the vector length. */
    static void forward(float[] x, int xo, float[] y, int yo, int n) {
        float[] cdf = SCRATCH.get();
        for (int i = 0; i < n; i += BLOCK) {
            int count = Math.min(BLOCK, n - i);
            VectorMath.normalCdf(x, xo + i, cdf, 0, count);
            multiply(x, xo + i, cdf, y, yo + i, count);
        }
    }

    /** {@code y = x cdf}, the limits exact: 0 or x for huge x. */
    private static void multiply(float[] x, int xo, float[] cdf, float[] y, int yo, int n) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector one = FloatVector.broadcast(S, 1f);
        // keeps -infinity from becoming NaN: -infinity * 0
        FloatVector lowest = FloatVector.broadcast(S, -Float.MAX_VALUE);
        for (int i = 0; i < n; i += L) {
            FloatVector share = FloatVector.fromArray(S, cdf, i).min(one).max(zero);
            FloatVector.fromArray(S, x, xo + i).max(lowest).mul(share).intoArray(y, yo + i);
        }
    }

    /** n is a multiple of the vector length. */
    static void backward(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
        float[] scratch = SCRATCH.get();
        for (int i = 0; i < n; i += BLOCK) {
            int count = Math.min(BLOCK, n - i);
            VectorMath.normalCdf(x, xo + i, scratch, 0, count);
            halfSquares(x, xo + i, scratch, BLOCK, count);
            VectorMath.exp(-1, 0, Approximations.INVERSE_SQRT_2PI, scratch, BLOCK, scratch, BLOCK, count);
            slope(x, xo + i, scratch, dy, dyo + i, dx, dxo + i, count);
        }
    }

    private static void halfSquares(float[] x, int xo, float[] y, int yo, int n) {
        FloatVector half = FloatVector.broadcast(S, 0.5f);
        FloatVector limit = FloatVector.broadcast(S, SQUARE_LIMIT);
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            v.mul(v).mul(half).min(limit).intoArray(y, yo + i);
        }
    }

    /** {@code dx = dy (cdf + x bell)}; beyond the limit x is what it is multiplied with 0. */
    private static void slope(float[] x, int xo, float[] scratch, float[] dy, int dyo, float[] dx, int dxo, int n) {
        FloatVector low = FloatVector.broadcast(S, -Float.MAX_VALUE);
        FloatVector high = FloatVector.broadcast(S, Float.MAX_VALUE);
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i).max(low).min(high);
            FloatVector slope =
                    v.fma(FloatVector.fromArray(S, scratch, BLOCK + i), FloatVector.fromArray(S, scratch, i));
            slope.mul(FloatVector.fromArray(S, dy, dyo + i)).intoArray(dx, dxo + i);
        }
    }
}
