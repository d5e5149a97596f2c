package org.jelectra.finetune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jelectra.random.RandomSource;
import org.jelectra.random.RandomStreams;

/**
 * The batches of an epoch, a function of seed and epoch alone. All examples are shuffled, pools of many batches are sorted by
 * length and cut into batches, and the batches are shuffled: sequences of similar length meet, so that little is padded, and
 * the order stays random on the scale of a pool.
 */
final class EpochPlan {

    /** Batches in a pool. */
    private static final int POOL = 32;

    private EpochPlan() {}

    /** Indices of the examples in each batch; every example occurs once. */
    static List<int[]> batches(int examples, IntUnaryOperator length, int batchSize, long seed, int epoch) {
        RandomSource random = new RandomSource(seed, RandomStreams.SHUFFLE, epoch, 0);
        Integer[] order = new Integer[examples];
        Arrays.setAll(order, i -> i);
        shuffle(order, random);
        List<int[]> batches = new ArrayList<>();
        int pool = (int) Math.min(examples, (long) POOL * batchSize);
        for (int from = 0, to; from < examples; from = to) {
            to = from + Math.min(pool, examples - from);
            Arrays.sort(order, from, to, (a, b) -> Integer.compare(length.applyAsInt(a), length.applyAsInt(b)));
            for (int start = from, end; start < to; start = end) {
                end = start + Math.min(batchSize, to - start);
                batches.add(Arrays.stream(order, start, end)
                        .mapToInt(Integer::intValue)
                        .toArray());
            }
        }
        int[][] shuffled = batches.toArray(int[][]::new);
        shuffle(shuffled, random);
        return Arrays.asList(shuffled);
    }

    private static <T> void shuffle(T[] values, RandomSource random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            T value = values[i];
            values[i] = values[j];
            values[j] = value;
        }
    }
}
