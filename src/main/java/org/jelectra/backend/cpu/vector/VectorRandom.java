package org.jelectra.backend.cpu.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.jelectra.backend.cpu.RandomKernels;
import org.jelectra.backend.cpu.ScalarRandom;

/**
 * Dropout and Gumbel-max on many Philox blocks at a time; what lies before and after them goes to {@link ScalarRandom}.
 */
final class VectorRandom implements RandomKernels {

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> J = LongVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    /** Blocks whose elements make whole vectors in both uses. */
    private static final int STEP = 8;

    /** Indices are tracked as floats, exact below 2^24. */
    private static final int MAX_INDEX = 1 << 24;

    private static final VectorShuffle<Integer> PAIRS = VectorShuffle.fromOp(I, lane -> lane / 2);
    private static final IntVector HALVES = IntVector.zero(I).addIndex(1).and(1).mul(16);
    private static final FloatVector IOTA = FloatVector.zero(S).addIndex(1);

    /** Scratch memory of a thread. */
    private static final class Scratch {
        final VectorPhilox philox = new VectorPhilox();
        /** Half a vector longer than needed: {@link #keep} reads whole vectors and uses their first half. */
        final long[] words = new long[2 * VectorPhilox.BLOCKS + L];

        final float[] noise = new float[4 * VectorPhilox.BLOCKS];
        /** Best scores of the lanes, then their indices. */
        final float[] best = new float[2 * L];
    }

    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private final ScalarRandom scalar = new ScalarRandom();

    @Override
    public void dropout(
            int k0,
            int k1,
            int stream,
            int step,
            long element,
            int threshold,
            float scale,
            float[] x,
            int xo,
            float[] y,
            int yo,
            int n) {
        int i = Math.min(n, (int) (-element & 7));
        scalar.dropout(k0, k1, stream, step, element, threshold, scale, x, xo, y, yo, i);
        Scratch scratch = SCRATCH.get();
        while (i + 8 * STEP <= n) {
            int blocks = Math.min(VectorPhilox.BLOCKS, (n - i) / (8 * STEP) * STEP);
            scratch.philox.blocks(k0, k1, stream, step, (element + i) >>> 3, blocks, scratch.words);
            keep(scratch.words, threshold, scale, x, xo + i, y, yo + i, 8 * blocks);
            i += 8 * blocks;
        }
        scalar.dropout(k0, k1, stream, step, element + i, threshold, scale, x, xo + i, y, yo + i, n - i);
    }

    /** Every element takes half an int of {@code words}: words are spread to pairs of lanes, then shifted. */
    private static void keep(long[] words, int threshold, float scale, float[] x, int xo, float[] y, int yo, int n) {
        IntVector limit = IntVector.broadcast(I, threshold - 1);
        for (int i = 0; i < n; i += L) {
            IntVector pairs =
                    LongVector.fromArray(J, words, i / 4).reinterpretAsInts().rearrange(PAIRS);
            IntVector bits = pairs.lanewise(VectorOperators.LSHR, HALVES).and(0xFFFF);
            // all ones where bits > limit = threshold - 1
            IntVector kept = limit.sub(bits).lanewise(VectorOperators.ASHR, 31);
            IntVector scaled = FloatVector.fromArray(S, x, xo + i).mul(scale).reinterpretAsInts();
            scaled.and(kept).reinterpretAsFloats().intoArray(y, yo + i);
        }
    }

    @Override
    public int gumbelArgMax(
            int k0, int k1, int stream, int step, long element, float inverseTemperature, float[] x, int xo, int n) {
        int head = Math.min(n, (int) (-element & 3));
        int tail = n > MAX_INDEX ? head : n - (n - head) % (4 * STEP);
        if (tail == head) {
            return scalar.continueArgMax(
                    k0, k1, stream, step, element, inverseTemperature, x, xo, 0, n, -1, Float.NEGATIVE_INFINITY);
        }
        Scratch scratch = SCRATCH.get();
        float[] best = scratch.best;
        Arrays.fill(best, 0, L, Float.NEGATIVE_INFINITY);
        Arrays.fill(best, L, 2 * L, 0f);
        if (head > 0) {
            int index = scalar.continueArgMax(
                    k0, k1, stream, step, element, inverseTemperature, x, xo, 0, head, -1, Float.NEGATIVE_INFINITY);
            best[0] =
                    ScalarRandom.gumbelScore(k0, k1, stream, step, element + index, inverseTemperature, x[xo + index]);
            best[L] = index;
        }
        for (int i = head; i < tail; i += 4 * VectorPhilox.BLOCKS) {
            int count = Math.min(4 * VectorPhilox.BLOCKS, tail - i);
            scratch.philox.blocks(k0, k1, stream, step, (element + i) >>> 2, count / 4, scratch.words);
            uniforms(scratch.words, scratch.noise, count);
            negativeLogs(1e-9f, scratch.noise, count);
            negativeLogs(0f, scratch.noise, count);
            scan(scratch.noise, count, inverseTemperature, x, xo, i, best);
        }
        int lane = 0;
        for (int l = 1; l < L; l++) {
            if (best[l] > best[lane] || (best[l] == best[lane] && best[L + l] < best[L + lane])) {
                lane = l;
            }
        }
        return scalar.continueArgMax(
                k0, k1, stream, step, element, inverseTemperature, x, xo, tail, n, (int) best[L + lane], best[lane]);
    }

    /** The uniform number of every word, see {@link org.jelectra.random.Philox#uniform}. */
    private static void uniforms(long[] words, float[] u, int n) {
        for (int i = 0; i < n; i += L) {
            IntVector word = LongVector.fromArray(J, words, i / 2).reinterpretAsInts();
            // the upper 23 bits as the mantissa of a number from 2^23 to 2^24: exact, and faster than a conversion
            IntVector bits = word.lanewise(VectorOperators.LSHR, 9).or(0x4b000000);
            bits.reinterpretAsFloats().sub(0x1p23f).add(0.5f).mul(0x1p-23f).intoArray(u, i);
        }
    }

    /** {@code x = epsilon - log(x + epsilon)}. */
    private static void negativeLogs(float epsilon, float[] x, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector log = VectorMath.log(FloatVector.fromArray(S, x, i).add(epsilon));
            FloatVector.broadcast(S, epsilon).sub(log).intoArray(x, i);
        }
    }

    /** Updates each lane's best score and its index with n elements from number {@code from} on. */
    private static void scan(
            float[] noise, int n, float inverseTemperature, float[] x, int xo, int from, float[] best) {
        FloatVector score = FloatVector.fromArray(S, best, 0);
        FloatVector index = FloatVector.fromArray(S, best, L);
        for (int i = 0; i < n; i += L) {
            FloatVector s = FloatVector.fromArray(S, x, xo + from + i)
                    .mul(inverseTemperature)
                    .add(FloatVector.fromArray(S, noise, i));
            VectorMask<Float> better = s.compare(VectorOperators.GT, score);
            score = score.blend(s, better);
            index = index.blend(IOTA.add((float) (from + i)), better);
        }
        score.intoArray(best, 0);
        index.intoArray(best, L);
    }
}
