package org.jelectra.backend.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums and maxima over multiples of {@link #LANES} elements. A sum is made of {@code LANES} sums, of every so many-th element, however
 * many of them this processor's vectors hold: all processors compute the same bits. Vectors shorter than that take one part of
 * the lanes after the other, each in a loop with one sum: JDK 17 boxed several side by side where the loop usually ran once (3 MB of
 * garbage in a step of preset small).
 *
 * <p>The lanes are added here and not by {@code reduceLanes}, whose order for float additions may change between the interpreter and
 * compiled code: repeated runs would differ in the last bit.
 */
final class VectorReductions {

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    /** Sums side by side. */
    static final int LANES = 16;

    private static final int BLOCK = 1024;

    private static final ThreadLocal<float[]> EXPONENTIALS = ThreadLocal.withInitial(() -> new float[BLOCK]);

    private static final ThreadLocal<float[]> SUMS = ThreadLocal.withInitial(() -> new float[LANES]);

    private VectorReductions() {}

    /** How many of n elements are computed in vectors, on every processor the same; the others are left to plain Java. */
    static int whole(int n) {
        return n - n % LANES;
    }

    /** This thread's scratch memory for {@link #total}. */
    static float[] lanes() {
        return SUMS.get();
    }

    /** Sum of the lanes, by halves. */
    static float total(float[] s) {
        float sum0 = (s[0] + s[8]) + (s[4] + s[12]);
        float sum1 = (s[1] + s[9]) + (s[5] + s[13]);
        float sum2 = (s[2] + s[10]) + (s[6] + s[14]);
        float sum3 = (s[3] + s[11]) + (s[7] + s[15]);
        return (sum0 + sum2) + (sum1 + sum3);
    }

    /** Sum of {@code x * y}. */
    static float dot(float[] x, int xo, float[] y, int yo, int n) {
        float[] lanes = lanes();
        for (int part = 0; part < LANES; part += L) {
            dot(x, xo, y, yo, n, part, lanes);
        }
        return total(lanes);
    }

    private static void dot(float[] x, int xo, float[] y, int yo, int n, int part, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = part; i < n; i += LANES) {
            sum = FloatVector.fromArray(S, x, xo + i).fma(FloatVector.fromArray(S, y, yo + i), sum);
        }
        sum.intoArray(lanes, part);
    }

    /** Largest element; n is positive. */
    static float max(float[] x, int xo, int n) {
        FloatVector max = FloatVector.fromArray(S, x, xo);
        for (int i = L; i < n; i += L) {
            max = max.max(FloatVector.fromArray(S, x, xo + i));
        }
        return max.reduceLanes(VectorOperators.MAX);
    }

    /** Sum of {@code exp(factor*x - shift)}. */
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

    /** Sum. */
    static float sum(float[] x, int xo, int n) {
        float[] lanes = lanes();
        for (int part = 0; part < LANES; part += L) {
            sum(x, xo, n, part, lanes);
        }
        return total(lanes);
    }

    private static void sum(float[] x, int xo, int n, int part, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = part; i < n; i += LANES) {
            sum = sum.add(FloatVector.fromArray(S, x, xo + i));
        }
        sum.intoArray(lanes, part);
    }

    /** Sum of {@code (x - mean)^2}. */
    static float squaredDistance(float mean, float[] x, int xo, int n) {
        float[] lanes = lanes();
        for (int part = 0; part < LANES; part += L) {
            squaredDistance(mean, x, xo, n, part, lanes);
        }
        return total(lanes);
    }

    private static void squaredDistance(float mean, float[] x, int xo, int n, int part, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = part; i < n; i += LANES) {
            FloatVector d = FloatVector.fromArray(S, x, xo + i).sub(mean);
            sum = d.fma(d, sum);
        }
        sum.intoArray(lanes, part);
    }
}
