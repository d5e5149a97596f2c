package org.jelectra.finetune.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jelectra.random.RandomSource;
import org.jelectra.random.RandomStreams;

/**
 * A random part of the training file that is not trained on but measured, where there is no development file. It depends on the
 * fraction, the seed and the number of examples alone, so that all seeds of all runs on a file are measured on the same examples.
 *
 * @param fraction of the examples, between 0 and 1
 * @param seed of the draw
 */
public record HeldOut(double fraction, long seed) {

    /** Seed of tasks that declare none. */
    static final long SEED = 1;

    public HeldOut {
        if (!(fraction > 0 && fraction < 1)) {
            throw new IllegalArgumentException(
                    "the fraction that is held out must be between 0 and 1, got " + fraction);
        }
    }

    void requireTwo(int examples, Path file) throws IOException {
        if (examples < 2) {
            throw new IOException(
                    file + ": expected at least two examples, to train on and to measure, found " + examples);
        }
    }

    /** Those of at least two rows that are measured, at least one, in their order. */
    <T> List<T> measured(List<T> rows) {
        return pick(rows, drawn(rows.size()));
    }

    /** The others, at least one, in their order. */
    <T> List<T> trained(List<T> rows) {
        BitSet others = drawn(rows.size());
        others.flip(0, rows.size());
        return pick(rows, others);
    }

    private static <T> List<T> pick(List<T> rows, BitSet which) {
        return which.stream().mapToObj(rows::get).toList();
    }

    private BitSet drawn(int size) {
        long count = Math.max(1, Math.min(size - 1, Math.round(fraction * size)));
        List<Integer> left = new ArrayList<>(IntStream.range(0, size).boxed().toList());
        RandomSource random = new RandomSource(seed, RandomStreams.HELD_OUT, 0, 0);
        BitSet drawn = new BitSet(size);
        for (long i = 0; i < count; i++) {
            int at = random.nextInt(left.size());
            drawn.set(left.get(at));
            left.set(at, left.get(left.size() - 1)); // its place goes to the last: no list is moved
            left.remove(left.size() - 1);
        }
        return drawn;
    }
}
