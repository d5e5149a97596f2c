package org.jelectra.text.vocab;

import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.WordSplitter;
import org.jelectra.text.corpus.Corpus;
import org.jelectra.text.corpus.Document;
import org.jelectra.text.corpus.DocumentReader;
import org.jelectra.text.corpus.ParallelBlocks;
import org.jelectra.text.corpus.Replacements;
import org.jelectra.text.corpus.TextProgress;

/**
 * The different words of a corpus with their counts, in bounded memory: whenever there are more than a limit, the rarest are
 * forgotten. What is forgotten and comes again starts from 0, so that its count is too low, by next to nothing for words that matter
 * where {@link #forgottenShare} is small.
 * Blocks are merged in reading order, so the number of threads does not count.
 *
 * <p>Source of the pruning: Manku and Motwani, "Approximate frequency counts over data streams" (2002), lossy counting.
 */
public final class WordCounts {

    /** About 120 bytes each: 240 MB. The 411 MB of English that jelectra is tried on have a quarter of it. */
    public static final int MOST_WORDS = 2_000_000;

    /** A word and how often it occurs. */
    public record Entry(String word, long count) {}

    private static final class Count {
        private long value;
    }

    private record Block(Map<String, Count> counts, long stripped, long tooLong) {}

    private final Map<String, Count> counts = new HashMap<>();
    private final int limit;
    private long total;
    private long stripped;
    private long tooLong;
    private long forgotten;
    private Replacements replaced = Replacements.NONE;

    private WordCounts(int limit) {
        this.limit = limit;
    }

    /**
     * Counts the words of a corpus. Words that are longer than a tokenizer takes are left out.
     *
     * @param progress called for every block
     * @throws IOException if the text cannot be read, or there is none
     */
    public static WordCounts of(Corpus corpus, WordPieceOptions options, int threads, Consumer<TextProgress> progress)
            throws IOException {
        return of(corpus, options, threads, progress, MOST_WORDS);
    }

    static WordCounts of(
            Corpus corpus, WordPieceOptions options, int threads, Consumer<TextProgress> progress, int limit)
            throws IOException {
        WordCounts all = new WordCounts(limit);
        long bytes = corpus.bytes();
        long began = System.nanoTime();
        try (DocumentReader reader = corpus.documents()) {
            ParallelBlocks.run(reader, threads, documents -> count(documents, options), (block, end) -> {
                all.add(block);
                all.replaced = end.replaced();
                progress.accept(new TextProgress(
                        end.bytesRead(), bytes, 0, end.textBytes(), all.total, (System.nanoTime() - began) * 1e-9));
            });
        }
        return all;
    }

    private static Block count(List<Document> documents, WordPieceOptions options) {
        Map<String, Count> block = new HashMap<>();
        long[] tooLong = new long[1];
        WordSplitter splitter = new WordSplitter(options, (text, length) -> {
            // as WordPiece does, in code points; in characters first, as that is cheaper
            if (length <= options.maxWordLength()
                    || Character.codePointCount(text, 0, length) <= options.maxWordLength()) {
                block.computeIfAbsent(new String(text, 0, length), word -> new Count()).value++;
            } else {
                tooLong[0]++;
            }
        });
        for (Document document : documents) {
            document.lines().forEach(splitter::split);
        }
        return new Block(block, splitter.stripped(), tooLong[0]);
    }

    private void add(Block block) {
        stripped += block.stripped();
        tooLong += block.tooLong();
        block.counts().forEach((word, count) -> {
            counts.computeIfAbsent(word, w -> new Count()).value += count.value;
            total += count.value;
        });
        if (counts.size() > limit) {
            forget();
        }
    }

    /**
     * Forgets the rarest words until there are no more than the limit; but no more of the equally rare than down to half of it, which of
     * them decides a hash: of a text without spaces all words may occur once.
     */
    private void forget() {
        long bound = 1;
        while (counts.size() - atMost(bound) > limit) {
            bound++;
        }
        long rarest = bound;
        int others = counts.size() - atMost(rarest);
        int[] hashes = counts.entrySet().stream()
                .filter(entry -> entry.getValue().value == rarest)
                .mapToInt(entry -> hash(entry.getKey()))
                .sorted()
                .toArray();
        int from = hashes[Math.max(0, limit / 2 - others)];
        counts.entrySet().removeIf(entry -> {
            long value = entry.getValue().value;
            boolean goes = value < rarest || value == rarest && hash(entry.getKey()) >= from;
            forgotten += goes ? value : 0;
            return goes;
        });
    }

    /** The finalizer of MurmurHash3, which spreads words that are alike; one-to-one. */
    private static int hash(String word) {
        int hash = word.hashCode();
        hash = (hash ^ hash >>> 16) * 0x85EBCA6B;
        hash = (hash ^ hash >>> 13) * 0xC2B2AE35;
        return hash ^ hash >>> 16;
    }

    private int atMost(long bound) {
        return (int)
                counts.values().stream().filter(count -> count.value <= bound).count();
    }

    /** Occurrences of all words, forgotten ones included. */
    public long total() {
        return total;
    }

    /** Share of the words that stripping of accents has changed: they have lost marks, or are letters (Jamo) instead of syllables. */
    public double strippedShare() {
        return stripped == 0 ? 0 : (double) stripped / (total + tooLong);
    }

    /** Occurrences of words that are longer than a tokenizer takes, and so unknown to any vocabulary; beside {@link #total}. */
    public long tooLong() {
        return tooLong;
    }

    /** Share of the words that were forgotten. */
    public double forgottenShare() {
        return total == 0 ? 0 : (double) forgotten / total;
    }

    /** Number of different words. */
    public int size() {
        return counts.size();
    }

    /** Malformed bytes of the text that were read as U+FFFD. */
    public Replacements replaced() {
        return replaced;
    }

    /** Words with their counts, the most frequent first, equally frequent ones by their characters. */
    public List<Entry> entries() {
        return counts.entrySet().stream()
                .map(entry -> new Entry(entry.getKey(), entry.getValue().value))
                .sorted(Comparator.comparingLong(Entry::count).reversed().thenComparing(Entry::word))
                .toList();
    }
}
