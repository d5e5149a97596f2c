package org.jelectra.backend.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums and maxima over whole vectors. Lanes are summed here and not by {@code reduceLanes}, whose order for float additions may
 * change between the interpreter and compiled code: repeated runs would differ in the last bit.
 */
final class VectorReductions {

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private static final VectorShuffle<Float> BY_8 = rotation(8);
    private static final VectorShuffle<Float> BY_4 = rotation(4);
    private static final VectorShuffle<Float> BY_2 = rotation(2);
    private static final VectorShuffle<Float> BY_1 = rotation(1);

    private static final int BLOCK = 1024;

    private static final ThreadLocal<float[]> EXPONENTIALS = ThreadLocal.withInitial(() -> new float[BLOCK]);

    private VectorReductions() {}

    /** Sum of the lanes, by halves. */
    static float total(FloatVector v) {
        FloatVector sum = v;
        if (L > 8) {
            sum = sum.add(sum.rearrange(BY_8));
        }
        if (L > 4) {
            sum = sum.add(sum.rearrange(BY_4));
        }
        sum = sum.add(sum.rearrange(BY_2));
        sum = sum.add(sum.rearrange(BY_1));
        return sum.lane(0);
    }

    private static VectorShuffle<Float> rotation(int distance) {
        return VectorShuffle.fromOp(S, lane -> (lane + distance) % L);
    }

    /**
     * Sum of {@code x * y}; n is a multiple of the vector length. One sum and not four side by side, because JDK
     * 17 boxed those where the loop usually ran once: 3 MB of garbage in a step of preset small.
     */
    static float dot(float[] x, int xo, float[] y, int yo, int n) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            sum = FloatVector.fromArray(S, x, xo + i).fma(FloatVector.fromArray(S, y, yo + i), sum);
        }
        return total(sum);
    }

    /** Largest element; n is a positive multiple of the vector length. */
    static float max(float[] x, int xo, int n) {
        FloatVector max = FloatVector.fromArray(S, x, xo);
        for (int i = L; i < n; i += L) {
            max = max.max(FloatVector.fromArray(S, x, xo + i));
        }
        return max.reduceLanes(VectorOperators.MAX);
    }

    /** Sum of {@code exp(factor*x - shift)}; n is a multiple of the vector length. */
    static float sumExp(float factor, float shift, float[] x, int xo, int n) {
        float[] exponentials = EXPONENTIALS.get();
        float sum = 0;
        for (int i = 0; i < n; i += BLOCK) {
            int count = Math.min(BLOCK, n - i);
            VectorMath.exp(factor, shift, 1, x, xo + i, exponentials, 0, count);
            sum += sum(exponentials, 0, count);
        }
        return sum;
    }

    /** Sum; n is a multiple of the vector length. */
    static float sum(float[] x, int xo, int n) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            sum = sum.add(FloatVector.fromArray(S, x, xo + i));
        }
        return total(sum);
    }

    /** Sum of {@code (x - mean)^2}; n is a multiple of the vector length. */
    static float squaredDistance(float mean, float[] x, int xo, int n) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            FloatVector d = FloatVector.fromArray(S, x, xo + i).sub(mean);
            sum = d.fma(d, sum);
        }
        return total(sum);
    }
}
