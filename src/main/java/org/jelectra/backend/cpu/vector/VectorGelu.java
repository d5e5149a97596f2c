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

    /** The slope's first term for a block; kept by the thread, so that no call allocates. */
    private static final ThreadLocal<float[]> CDF = ThreadLocal.withInitial(() -> new float[BLOCK]);

    private VectorGelu() {}

    /** n is a multiple of the vector length. */
    static void forward(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            // the first bound keeps -infinity from becoming NaN: -infinity * 0; the others make huge x exact
            FloatVector v = FloatVector.fromArray(S, x, xo + i).max(-Float.MAX_VALUE);
            VectorMath.normalCdf(VectorMath.limit(v)).min(1f).max(0f).mul(v).intoArray(y, yo + i);
        }
    }

    /** n is a multiple of the vector length. */
    static void backward(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
        float[] cdf = CDF.get();
        for (int i = 0; i < n; i += BLOCK) {
            int count = Math.min(BLOCK, n - i);
            cdf(x, xo + i, cdf, count);
            slope(x, xo + i, cdf, dy, dyo + i, dx, dxo + i, count);
        }
    }

    private static void cdf(float[] x, int xo, float[] cdf, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMath.normalCdf(VectorMath.limit(FloatVector.fromArray(S, x, xo + i)))
                    .intoArray(cdf, i);
        }
    }

    private static void slope(float[] x, int xo, float[] cdf, float[] dy, int dyo, float[] dx, int dxo, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = VectorMath.limit(FloatVector.fromArray(S, x, xo + i));
            FloatVector bell = VectorMath.expInRange(v.mul(v).mul(-0.5f)).mul(Approximations.INVERSE_SQRT_2PI);
            FloatVector slope = v.fma(bell, FloatVector.fromArray(S, cdf, i));
            slope.mul(FloatVector.fromArray(S, dy, dyo + i)).intoArray(dx, dxo + i);
        }
    }
}
