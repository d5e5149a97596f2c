package org.jelectra.backend.cpu.vector;

import static org.jelectra.backend.cpu.Approximations.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Elementary functions of vectors. Small methods, so that the compiler inlines them and keeps their vectors in registers. */
final class VectorMath {

    static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    static final int L = S.length();

    /** Adding 1.5 * 2^23 rounds to an integer, which then lies in the low bits. */
    private static final float ROUNDER = 0x1.8p23f;
    /** Below this the result would not be a normal number: 0 instead. */
    private static final float EXP_LOW = -87.33654f;

    private static final float EXP_HIGH = 88.72283f;

    private VectorMath() {}

    /** exp(x) within 2 ulp; 0 below -87.33 and for -infinity, infinity above 88.72, NaN for NaN. */
    static FloatVector exp(FloatVector x) {
        FloatVector y = expInRange(x);
        y = y.blend(0f, x.compare(VectorOperators.LT, EXP_LOW));
        return y.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, EXP_HIGH));
    }

    /** exp(x) for x from -87.33 to 88.72: 2^n * exp(r), the power of two added to the exponent bits. */
    static FloatVector expInRange(FloatVector x) {
        FloatVector shifted = x.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUNDER));
        FloatVector n = shifted.sub(ROUNDER);
        FloatVector r = n.fma(FloatVector.broadcast(S, -LN2_HIGH), x);
        r = n.fma(FloatVector.broadcast(S, -LN2_LOW), r);
        FloatVector p = r.fma(FloatVector.broadcast(S, E6), FloatVector.broadcast(S, E5));
        p = p.fma(r, FloatVector.broadcast(S, E4));
        p = p.fma(r, FloatVector.broadcast(S, E3));
        p = p.fma(r, FloatVector.broadcast(S, E2));
        p = p.fma(r.mul(r), r).add(1f);
        IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }

    /** x between two bounds; NaN for NaN. */
    static FloatVector clamp(FloatVector x, float low, float high) {
        FloatVector y = x.blend(low, x.compare(VectorOperators.LT, low));
        return y.blend(high, x.compare(VectorOperators.GT, high));
    }

    /** x between -6 and 6; NaN for NaN. */
    static FloatVector limit(FloatVector x) {
        return clamp(x, -ERF_LIMIT, ERF_LIMIT);
    }

    /** {@code (1 + erf(v / sqrt 2)) / 2}, absolute error 2e-7, for v within {@link #limit}. */
    static FloatVector normalCdf(FloatVector v) {
        FloatVector t = v.mul(v);
        FloatVector p = t.fma(FloatVector.broadcast(S, P5 / 2), FloatVector.broadcast(S, P4 / 2));
        p = p.fma(t, FloatVector.broadcast(S, P3 / 2));
        p = p.fma(t, FloatVector.broadcast(S, P2 / 2));
        p = p.fma(t, FloatVector.broadcast(S, P1 / 2));
        p = p.fma(t, FloatVector.broadcast(S, P0 / 2));
        FloatVector q = t.fma(FloatVector.broadcast(S, Q5), FloatVector.broadcast(S, Q4));
        q = q.fma(t, FloatVector.broadcast(S, Q3));
        q = q.fma(t, FloatVector.broadcast(S, Q2));
        q = q.fma(t, FloatVector.broadcast(S, Q1));
        q = q.fma(t, FloatVector.broadcast(S, 1f));
        return v.mul(p).div(q).add(0.5f);
    }

    /** log(x) for positive normal x, relative error 2e-7. */
    static FloatVector log(FloatVector x) {
        // x = 2^e * m, m from sqrt(1/2) to sqrt 2: the bits of sqrt(1/2) are 0x3f3504f3
        IntVector bits = x.reinterpretAsInts();
        IntVector e = bits.sub(0x3f3504f3).lanewise(VectorOperators.ASHR, 23);
        FloatVector f = bits.sub(e.lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats()
                .sub(1f);
        FloatVector p = f.fma(FloatVector.broadcast(S, L9), FloatVector.broadcast(S, L8));
        p = p.fma(f, FloatVector.broadcast(S, L7));
        p = p.fma(f, FloatVector.broadcast(S, L6));
        p = p.fma(f, FloatVector.broadcast(S, L5));
        p = p.fma(f, FloatVector.broadcast(S, L4));
        p = p.fma(f, FloatVector.broadcast(S, L3));
        p = p.fma(f, FloatVector.broadcast(S, -0.5f));
        FloatVector n = toFloats(e);
        p = p.fma(f.mul(f), n.mul(LN2_LOW)).add(f);
        return n.fma(FloatVector.broadcast(S, LN2_HIGH), p);
    }

    /** Small integers (below 2^22) as floats, by the mantissa: conversions of vectors are slow on JDK 17. */
    static FloatVector toFloats(IntVector x) {
        return x.add(0x4b400000).reinterpretAsFloats().sub(ROUNDER);
    }
}
