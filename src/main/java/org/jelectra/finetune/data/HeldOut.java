package org.jelectra.finetune.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jelectra.random.RandomSource;
import org.jelectra.random.RandomStreams;

/**
 * A random part of the training file that is not trained on but measured, where there is no development file. It depends on the
 * fraction, the seed and the examples' classes in their order alone, so that all seeds of all runs on a file are measured on the same
 * examples.
 *
 * <p>The draw is stratified: each class gives its share, and one of two examples or more is on both sides, however rare it is.
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

    /** Those of at least two rows that are measured, at least one, in their order; the draw is not stratified. */
    <T> List<T> measured(List<T> rows) {
        return measured(rows, Collections.nCopies(rows.size(), 0));
    }

    /**
     * As {@link #measured(List)}, stratified.
     *
     * @param classes of the rows
     */
    <T> List<T> measured(List<T> rows, List<?> classes) {
        return pick(rows, drawn(classes));
    }

    /** The others, at least one, in their order. */
    <T> List<T> trained(List<T> rows) {
        return trained(rows, Collections.nCopies(rows.size(), 0));
    }

    /** The others of a stratified draw. */
    <T> List<T> trained(List<T> rows, List<?> classes) {
        BitSet others = drawn(classes);
        others.flip(0, rows.size());
        return pick(rows, others);
    }

    private static <T> List<T> pick(List<T> rows, BitSet which) {
        return which.stream().mapToObj(rows::get).toList();
    }

    private BitSet drawn(List<?> classes) {
        Map<Object, List<Integer>> rows = new LinkedHashMap<>();
        for (int i = 0; i < classes.size(); i++) {
            rows.computeIfAbsent(classes.get(i), key -> new ArrayList<>()).add(i);
        }
        if (rows.size() == classes.size()) { // no class could be on both sides
            rows = Map.of(
                    0,
                    new ArrayList<>(IntStream.range(0, classes.size()).boxed().toList()));
        }
        RandomSource random = new RandomSource(seed, RandomStreams.HELD_OUT, 0, 0);
        BitSet drawn = new BitSet(classes.size());
        int seen = 0;
        for (List<Integer> left : rows.values()) {
            // its part of the share of all classes so far: roundings do not add up
            long share = Math.round(fraction * (seen + left.size())) - Math.round(fraction * seen);
            seen += left.size();
            draw(left, left.size() < 2 ? 0 : Math.max(1, Math.min(left.size() - 1, share)), random, drawn);
        }
        return drawn;
    }

    private static void draw(List<Integer> left, long count, RandomSource random, BitSet drawn) {
        for (long i = 0; i < count; i++) {
            int at = random.nextInt(left.size());
            drawn.set(left.get(at));
            left.set(at, left.get(left.size() - 1)); // its place goes to the last: no list is moved
            left.remove(left.size() - 1);
        }
    }
}
