package org.jelectra.backend.cpu.vector;

import static org.jelectra.backend.cpu.Approximations.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions over ranges of arrays. The common ones are one loop each, with their constants in local variables and no
 * vector passed between methods: JDK 17 boxes vectors at calls that it does not inline, and whether it inlines depends on what
 * was compiled before (measured: 50 MB of garbage a step in one run, none in the next).
 */
final class VectorMath {

    static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    static final int L = S.length();

    /** Adding 1.5 * 2^23 rounds to an integer, which then lies in the low bits. */
    private static final float ROUNDER = 0x1.8p23f;
    /** Below this the result would not be a normal number: 0 instead. */
    private static final float EXP_LOW = -87.33654f;

    private static final float EXP_HIGH = 88.72283f;

    private VectorMath() {}

    /**
     * {@code y = outputFactor * exp(factor * x - shift)}: 2^n * exp(r), the power of two added to the exponent bits. Within 2 ulp;
     * 0 below -87.33 and for -infinity, infinity above 88.72, NaN for NaN. n is a multiple of the vector length.
     */
    static void exp(float factor, float shift, float outputFactor, float[] x, int xo, float[] y, int yo, int n) {
        FloatVector scale = FloatVector.broadcast(S, factor);
        FloatVector subtrahend = FloatVector.broadcast(S, shift);
        FloatVector result = FloatVector.broadcast(S, outputFactor);
        FloatVector log2E = FloatVector.broadcast(S, LOG2_E);
        FloatVector rounder = FloatVector.broadcast(S, ROUNDER);
        FloatVector ln2High = FloatVector.broadcast(S, -LN2_HIGH);
        FloatVector ln2Low = FloatVector.broadcast(S, -LN2_LOW);
        FloatVector e6 = FloatVector.broadcast(S, E6);
        FloatVector e5 = FloatVector.broadcast(S, E5);
        FloatVector e4 = FloatVector.broadcast(S, E4);
        FloatVector e3 = FloatVector.broadcast(S, E3);
        FloatVector e2 = FloatVector.broadcast(S, E2);
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector low = FloatVector.broadcast(S, EXP_LOW);
        FloatVector high = FloatVector.broadcast(S, EXP_HIGH);
        FloatVector zero = FloatVector.zero(S);
        FloatVector infinity = FloatVector.broadcast(S, Float.POSITIVE_INFINITY);
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i).mul(scale).sub(subtrahend);
            FloatVector shifted = v.fma(log2E, rounder);
            FloatVector whole = shifted.sub(rounder);
            FloatVector r = whole.fma(ln2Low, whole.fma(ln2High, v));
            FloatVector p = r.fma(e6, e5)
                    .fma(r, e4)
                    .fma(r, e3)
                    .fma(r, e2)
                    .fma(r.mul(r), r)
                    .add(one);
            IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
            FloatVector e = p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
            e = e.blend(zero, v.compare(VectorOperators.LT, low)).blend(infinity, v.compare(VectorOperators.GT, high));
            e.mul(result).intoArray(y, yo + i);
        }
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
