package org.jelectra.backend.cpu.vector;

import static org.jelectra.backend.cpu.vector.VectorPhilox.I;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.jelectra.backend.cpu.ScalarRandom;

/** Dropout and Gumbel-max on whole groups of Philox blocks; what lies before and after them goes to {@link ScalarRandom}. */
final class VectorRandom {

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    /** Groups whose words are made at once: 4 KiB of them. */
    private static final int GROUPS = 16;

    /** Elements of dropout in a group: 8 to a block, 4 vectors. */
    private static final int DROPOUT = 8 * VectorPhilox.GROUP;
    /** Elements of Gumbel-max in a group: 4 to a block, 2 vectors. */
    private static final int GUMBEL = 4 * VectorPhilox.GROUP;

    /** Indices are tracked as floats, exact below 2^24. */
    private static final int MAX_INDEX = 1 << 24;

    private static final ThreadLocal<int[]> WORDS = ThreadLocal.withInitial(() -> new int[GROUPS * VectorPhilox.WORDS]);

    private static final ThreadLocal<float[]> BEST = ThreadLocal.withInitial(() -> new float[2 * L]);

    private static final VectorShuffle<Integer> D0 = VectorPhilox.shuffle(0, 2);
    private static final VectorShuffle<Integer> D1 = VectorPhilox.shuffle(1, 2);
    private static final VectorShuffle<Integer> D2 = VectorPhilox.shuffle(2, 2);
    private static final VectorShuffle<Integer> D3 = VectorPhilox.shuffle(3, 2);
    private static final IntVector U0 = VectorPhilox.upper(0, 2);
    private static final IntVector U1 = VectorPhilox.upper(1, 2);
    private static final VectorShuffle<Integer> G0 = VectorPhilox.shuffle(0, 1);
    private static final VectorShuffle<Integer> G1 = VectorPhilox.shuffle(1, 1);
    private static final IntVector V0 = VectorPhilox.upper(0, 1);
    private static final IntVector HALVES = IntVector.zero(I).addIndex(1).and(1).mul(16);
    private static final FloatVector IOTA = FloatVector.zero(S).addIndex(1);

    private VectorRandom() {}

    static void dropout(
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
        ScalarRandom.dropout(k0, k1, stream, step, element, threshold, scale, x, xo, y, yo, i);
        int[] words = WORDS.get();
        while (i + DROPOUT <= n) {
            long block = (element + i) >>> 3;
            int groups = Math.min(GROUPS, (n - i) / DROPOUT);
            if (VectorPhilox.fits(block, groups)) {
                VectorPhilox.groups(k0, k1, stream, step, block, groups, words);
                for (int g = 0; g < groups; g++) {
                    apply(words, g * VectorPhilox.WORDS, threshold, scale, x, xo + i, y, yo + i);
                    i += DROPOUT;
                }
            } else {
                ScalarRandom.dropout(
                        k0, k1, stream, step, element + i, threshold, scale, x, xo + i, y, yo + i, DROPOUT);
                i += DROPOUT;
            }
        }
        ScalarRandom.dropout(k0, k1, stream, step, element + i, threshold, scale, x, xo + i, y, yo + i, n - i);
    }

    /** One group: 4 vectors of elements. With 128-bit vectors {@code upper} of vectors 2 and 3 is that of 0 and 1. */
    private static void apply(int[] words, int wo, int threshold, float scale, float[] x, int xo, float[] y, int yo) {
        IntVector low = IntVector.fromArray(I, words, wo);
        IntVector high = IntVector.fromArray(I, words, wo + L);
        IntVector limit = IntVector.broadcast(I, threshold - 1);
        keep(select(low, high, D0, U0), limit, scale, x, xo, y, yo);
        keep(select(low, high, D1, U1), limit, scale, x, xo + L, y, yo + L);
        keep(select(low, high, D2, U0), limit, scale, x, xo + 2 * L, y, yo + 2 * L);
        keep(select(low, high, D3, U1), limit, scale, x, xo + 3 * L, y, yo + 3 * L);
    }

    /** The words of one vector of elements. */
    private static IntVector select(IntVector low, IntVector high, VectorShuffle<Integer> lanes, IntVector upper) {
        IntVector a = low.rearrange(lanes);
        IntVector b = high.rearrange(lanes);
        return a.lanewise(
                VectorOperators.XOR, a.lanewise(VectorOperators.XOR, b).and(upper));
    }

    private static void keep(IntVector words, IntVector limit, float scale, float[] x, int xo, float[] y, int yo) {
        IntVector bits = words.lanewise(VectorOperators.LSHR, HALVES).and(0xFFFF);
        // all ones where bits > limit = threshold - 1
        IntVector kept = limit.sub(bits).lanewise(VectorOperators.ASHR, 31);
        IntVector scaled = FloatVector.fromArray(S, x, xo).mul(scale).reinterpretAsInts();
        scaled.and(kept).reinterpretAsFloats().intoArray(y, yo);
    }

    static int gumbelArgMax(
            int k0, int k1, int stream, int step, long element, float inverseTemperature, float[] x, int xo, int n) {
        int head = Math.min(n, (int) (-element & 3));
        int groups = n > MAX_INDEX ? 0 : (n - head) / GUMBEL;
        long block = (element + head) >>> 2;
        if (groups == 0 || !VectorPhilox.fits(block, groups)) {
            return ScalarRandom.gumbelArgMax(
                    k0, k1, stream, step, element, inverseTemperature, x, xo, 0, n, -1, Float.NEGATIVE_INFINITY);
        }
        int[] words = WORDS.get();
        float[] best = BEST.get();
        Arrays.fill(best, 0, L, Float.NEGATIVE_INFINITY);
        Arrays.fill(best, L, 2 * L, 0f);
        if (head > 0) {
            int index = ScalarRandom.gumbelArgMax(
                    k0, k1, stream, step, element, inverseTemperature, x, xo, 0, head, -1, Float.NEGATIVE_INFINITY);
            best[0] =
                    ScalarRandom.gumbelScore(k0, k1, stream, step, element + index, inverseTemperature, x[xo + index]);
            best[L] = index;
        }
        for (int g = 0; g < groups; g += GROUPS) {
            int count = Math.min(GROUPS, groups - g);
            VectorPhilox.groups(k0, k1, stream, step, block + (long) g * VectorPhilox.GROUP, count, words);
            scan(words, count, inverseTemperature, x, xo, head + g * GUMBEL, best);
        }
        int lane = 0;
        for (int l = 1; l < L; l++) {
            if (best[l] > best[lane] || (best[l] == best[lane] && best[L + l] < best[L + lane])) {
                lane = l;
            }
        }
        int tail = head + groups * GUMBEL;
        return ScalarRandom.gumbelArgMax(
                k0, k1, stream, step, element, inverseTemperature, x, xo, tail, n, (int) best[L + lane], best[lane]);
    }

    /** Updates each lane's best score (best[0..L)) and its index (best[L..2L)) with {@code groups} groups of elements. */
    private static void scan(
            int[] words, int groups, float inverseTemperature, float[] x, int xo, int from, float[] best) {
        FloatVector score = FloatVector.fromArray(S, best, 0);
        FloatVector index = FloatVector.fromArray(S, best, L);
        for (int g = 0; g < groups; g++) {
            IntVector low = IntVector.fromArray(I, words, g * VectorPhilox.WORDS);
            IntVector high = IntVector.fromArray(I, words, g * VectorPhilox.WORDS + L);
            int i = from + g * GUMBEL;
            FloatVector s = score(select(low, high, G0, V0), inverseTemperature, x, xo + i);
            VectorMask<Float> better = s.compare(VectorOperators.GT, score);
            score = score.blend(s, better);
            index = index.blend(IOTA.add((float) i), better);
            s = score(select(low, high, G1, V0), inverseTemperature, x, xo + i + L);
            better = s.compare(VectorOperators.GT, score);
            score = score.blend(s, better);
            index = index.blend(IOTA.add((float) (i + L)), better);
        }
        score.intoArray(best, 0);
        index.intoArray(best, L);
    }

    private static FloatVector score(IntVector words, float inverseTemperature, float[] x, int xo) {
        // the upper 23 bits as the mantissa of a number from 2^23 to 2^24: exact, and faster than a conversion
        IntVector bits = words.lanewise(VectorOperators.LSHR, 9).or(0x4b000000);
        FloatVector u = bits.reinterpretAsFloats().sub(0x1p23f).add(0.5f).mul(0x1p-23f);
        FloatVector inner = VectorMath.log(u.add(1e-9f)).neg().add(1e-9f);
        return FloatVector.fromArray(S, x, xo).mul(inverseTemperature).sub(VectorMath.log(inner));
    }
}
