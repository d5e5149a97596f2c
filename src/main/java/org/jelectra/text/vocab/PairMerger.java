package org.jelectra.text.vocab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jelectra.text.IntList;
import org.jelectra.text.Vocabulary;

/**
 * Joins, again and again, the two neighbouring pieces that occur most often together within words, each time making a new piece.
 * Equally frequent pairs are taken in the order in which their pieces were made, so the result is a function of the counts.
 *
 * <p>Counts are updated for the words that hold the pair only; a word is rewritten about as often as it has characters.
 *
 * <p>Source: Sennrich, Haddow and Birch, "Neural machine translation of rare words with subword units" (2016), Algorithm 1, with
 * pieces marked by their place in the word as in WordPiece (Schuster and Nakajima, 2012).
 */
final class PairMerger {

    private static final class Pair {
        private final int left;
        private final int right;
        private long count;
        private long queuedCount;
        private final IntList words = new IntList(4);

        Pair(int left, int right) {
            this.left = left;
            this.right = right;
        }
    }

    private record Candidate(long count, Pair pair) {}

    private static final Comparator<Candidate> MOST_FREQUENT_FIRST = Comparator.comparingLong(Candidate::count)
            .reversed()
            .thenComparingInt(candidate -> candidate.pair().left)
            .thenComparingInt(candidate -> candidate.pair().right);

    private final List<String> pieces;
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<int[]> words = new ArrayList<>();
    private final long[] counts;
    private final long minFrequency;
    private final Map<Long, Pair> pairs = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(MOST_FREQUENT_FIRST);
    private int queued;

    /**
     * @param pieces the pieces to begin with: characters, {@code ##} before those that continue a word
     * @param words words as indices of pieces
     * @param counts how often each word occurs
     */
    PairMerger(List<String> pieces, List<int[]> words, long[] counts, long minFrequency) {
        this.pieces = new ArrayList<>(pieces);
        this.words.addAll(words);
        this.counts = counts.clone();
        this.minFrequency = minFrequency;
        for (int id = 0; id < pieces.size(); id++) {
            ids.put(pieces.get(id), id);
        }
        for (int word = 0; word < words.size(); word++) {
            int[] symbols = words.get(word);
            for (int i = 0; i + 1 < symbols.length; i++) {
                Pair pair = pair(symbols[i], symbols[i + 1]);
                pair.count += counts[word];
                pair.words.add(word);
            }
        }
        pairs.values().forEach(this::offer);
    }

    /** Merges until there are so many pieces, or no pair is frequent enough; returns all pieces in the order they were made. */
    List<String> run(int size) {
        while (pieces.size() < size && !queue.isEmpty()) {
            Candidate best = queue.remove();
            Pair pair = best.pair();
            if (best.count() != pair.count) {
                // out of date: it came into the queue again when its count changed, unless it became too rare
                continue;
            }
            merge(pair);
        }
        return pieces;
    }

    /** Candidates that were queued so far. */
    int queued() {
        return queued;
    }

    private void merge(Pair pair) {
        String right = pieces.get(pair.right);
        String joined = pieces.get(pair.left) + right.substring(Vocabulary.CONTINUATION.length());
        int id = ids.computeIfAbsent(joined, text -> {
            pieces.add(text);
            return pieces.size() - 1;
        });
        Map<Long, Pair> changed = new HashMap<>();
        for (int i = 0; i < pair.words.size(); i++) {
            int word = pair.words.get(i);
            int[] before = words.get(word);
            int[] after = joined(before, pair, id);
            if (after.length < before.length) {
                words.set(word, after);
                addAll(before, -counts[word], word, -1, changed);
                addAll(after, counts[word], word, id, changed);
            }
        }
        pairs.remove(key(pair.left, pair.right));
        pair.count = 0;
        changed.forEach((key, other) -> {
            if (other.count <= 0) {
                pairs.remove(key);
            }
            offer(other);
        });
    }

    // Adds a word's count to all of its pairs; those with the new piece learn that they are in this word.
    private void addAll(int[] symbols, long count, int word, int newPiece, Map<Long, Pair> changed) {
        for (int i = 0; i + 1 < symbols.length; i++) {
            Pair pair = pair(symbols[i], symbols[i + 1]);
            pair.count += count;
            if (symbols[i] == newPiece || symbols[i + 1] == newPiece) {
                pair.words.add(word);
            }
            changed.put(key(pair.left, pair.right), pair);
        }
    }

    private static int[] joined(int[] symbols, Pair pair, int id) {
        int[] result = new int[symbols.length];
        int length = 0;
        for (int i = 0; i < symbols.length; i++) {
            boolean here = i + 1 < symbols.length && symbols[i] == pair.left && symbols[i + 1] == pair.right;
            result[length++] = here ? id : symbols[i];
            i += here ? 1 : 0;
        }
        return length == symbols.length ? symbols : Arrays.copyOf(result, length);
    }

    // Most pairs of the words that a merge rewrites keep their counts: their candidates in the queue are still right.
    private void offer(Pair pair) {
        if (pair.count >= minFrequency && pair.count != pair.queuedCount) {
            queue.add(new Candidate(pair.count, pair));
            queued++;
        }
        pair.queuedCount = pair.count;
    }

    private Pair pair(int left, int right) {
        return pairs.computeIfAbsent(key(left, right), key -> new Pair(left, right));
    }

    // The factor is odd, so that different pairs stay different. It spreads them over the tables: their hash would be
    // left ^ right, which many have in common.
    private static long key(int left, int right) {
        return ((long) left << 32 | right) * 0x9E3779B97F4A7C15L;
    }
}
