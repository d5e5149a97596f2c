package org.jelectra.finetune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jelectra.random.RandomSource;
import org.jelectra.random.RandomStreams;

/**
 * The batches of an epoch, a function of seed and epoch alone. All examples are shuffled, pools of many batches are sorted by
 * length and cut into batches, and the batches are shuffled: sequences of similar length meet, so that little is padded, and
 * the order stays random on the scale of a pool. An epoch has several pools, lest the same examples meet in each, and examples
 * that fill no batch are any, lest they be the longest each time.
 */
final class EpochPlan {

    /** Batches in a pool, at most. */
    private static final int POOL = 32;
    /** Pools in an epoch, at least, where it has as many batches. */
    private static final int POOLS = 8;

    private EpochPlan() {}

    /** Indices of the examples in each batch; every example occurs once. */
    static List<int[]> batches(int examples, IntUnaryOperator length, int batchSize, long seed, int epoch) {
        RandomSource random = new RandomSource(seed, RandomStreams.SHUFFLE, epoch, 0);
        Integer[] order = new Integer[examples];
        Arrays.setAll(order, i -> i);
        shuffle(order, random);
        List<int[]> batches = new ArrayList<>();
        int whole = examples / batchSize;
        int pool = Math.max(1, Math.min(POOL, whole / POOLS));
        for (int first = 0; first < whole; first += pool) {
            int end = Math.min(whole, first + pool);
            Arrays.sort(order, first * batchSize, end * batchSize, Comparator.comparingInt(i -> length.applyAsInt(i)));
            for (int i = first; i < end; i++) {
                batches.add(batch(order, i * batchSize, (i + 1) * batchSize));
            }
        }
        if (whole * batchSize < examples) {
            batches.add(batch(order, whole * batchSize, examples));
        }
        int[][] shuffled = batches.toArray(int[][]::new);
        shuffle(shuffled, random);
        return Arrays.asList(shuffled);
    }

    private static int[] batch(Integer[] order, int from, int to) {
        return Arrays.stream(order, from, to).mapToInt(Integer::intValue).toArray();
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
