package org.jelectra.backend.cpu.vector;

import static org.jelectra.backend.cpu.Approximations.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** GELU and its slope over whole vectors. */
final class VectorGelu {

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private VectorGelu() {}

    /** n is a multiple of the vector length. */
    static void forward(float[] x, int xo, float[] y, int yo, int n) {
        FloatVector low = FloatVector.broadcast(S, -ERF_LIMIT);
        FloatVector high = FloatVector.broadcast(S, ERF_LIMIT);
        FloatVector p5 = FloatVector.broadcast(S, P5 / 2);
        FloatVector p4 = FloatVector.broadcast(S, P4 / 2);
        FloatVector p3 = FloatVector.broadcast(S, P3 / 2);
        FloatVector p2 = FloatVector.broadcast(S, P2 / 2);
        FloatVector p1 = FloatVector.broadcast(S, P1 / 2);
        FloatVector p0 = FloatVector.broadcast(S, P0 / 2);
        FloatVector q5 = FloatVector.broadcast(S, Q5);
        FloatVector q4 = FloatVector.broadcast(S, Q4);
        FloatVector q3 = FloatVector.broadcast(S, Q3);
        FloatVector q2 = FloatVector.broadcast(S, Q2);
        FloatVector q1 = FloatVector.broadcast(S, Q1);
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector half = FloatVector.broadcast(S, 0.5f);
        FloatVector zero = FloatVector.zero(S);
        FloatVector negativeZero = FloatVector.broadcast(S, -0f);
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            FloatVector t = v.mul(v);
            FloatVector p = t.fma(p5, p4).fma(t, p3).fma(t, p2).fma(t, p1).fma(t, p0);
            FloatVector q = t.fma(q5, q4).fma(t, q3).fma(t, q2).fma(t, q1).fma(t, one);
            FloatVector cdf = v.mul(p).div(q).add(half);
            // the result keeps the sign of x
            cdf = cdf.blend(zero, cdf.compare(VectorOperators.LT, zero));
            // beyond the limits -0 or x, which also keeps infinities from becoming NaN
            FloatVector result = cdf.mul(v).blend(negativeZero, v.compare(VectorOperators.LT, low));
            result.blend(v, v.compare(VectorOperators.GT, high)).intoArray(y, yo + i);
        }
    }

    /** n is a multiple of the vector length. */
    static void backward(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
        FloatVector low = FloatVector.broadcast(S, -ERF_LIMIT);
        FloatVector high = FloatVector.broadcast(S, ERF_LIMIT);
        FloatVector p6 = FloatVector.broadcast(S, SLOPE_P6);
        FloatVector p5 = FloatVector.broadcast(S, SLOPE_P5);
        FloatVector p4 = FloatVector.broadcast(S, SLOPE_P4);
        FloatVector p3 = FloatVector.broadcast(S, SLOPE_P3);
        FloatVector p2 = FloatVector.broadcast(S, SLOPE_P2);
        FloatVector p1 = FloatVector.broadcast(S, SLOPE_P1);
        FloatVector p0 = FloatVector.broadcast(S, SLOPE_P0);
        FloatVector q7 = FloatVector.broadcast(S, SLOPE_Q7);
        FloatVector q6 = FloatVector.broadcast(S, SLOPE_Q6);
        FloatVector q5 = FloatVector.broadcast(S, SLOPE_Q5);
        FloatVector q4 = FloatVector.broadcast(S, SLOPE_Q4);
        FloatVector q3 = FloatVector.broadcast(S, SLOPE_Q3);
        FloatVector q2 = FloatVector.broadcast(S, SLOPE_Q2);
        FloatVector q1 = FloatVector.broadcast(S, SLOPE_Q1);
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector half = FloatVector.broadcast(S, 0.5f);
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            v = v.blend(low, v.compare(VectorOperators.LT, low));
            v = v.blend(high, v.compare(VectorOperators.GT, high));
            FloatVector t = v.mul(v);
            FloatVector p =
                    t.fma(p6, p5).fma(t, p4).fma(t, p3).fma(t, p2).fma(t, p1).fma(t, p0);
            FloatVector q = t.fma(q7, q6)
                    .fma(t, q5)
                    .fma(t, q4)
                    .fma(t, q3)
                    .fma(t, q2)
                    .fma(t, q1)
                    .fma(t, one);
            FloatVector slope = v.mul(p).div(q).add(half);
            slope.mul(FloatVector.fromArray(S, dy, dyo + i)).intoArray(dx, dxo + i);
        }
    }
}
