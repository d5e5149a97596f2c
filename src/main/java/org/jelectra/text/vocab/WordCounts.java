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
 * forgotten. What is forgotten and comes again starts from 0, so that its count is too low, by next to nothing for words that matter.
 * Blocks are merged in reading order, so the number of threads does not count.
 *
 * <p>Source of the pruning: Manku and Motwani, "Approximate frequency counts over data streams" (2002), lossy counting.
 */
public final class WordCounts {

    /** About 120 bytes each: 240 MB. The 411 MB of English that jelectra is tried on have a quarter of it. */
    static final int MOST_WORDS = 2_000_000;

    /** A word and how often it occurs. */
    public record Entry(String word, long count) {}

    private static final class Count {
        private long value;
    }

    private record Block(Map<String, Count> counts, long stripped) {}

    private final Map<String, Count> counts = new HashMap<>();
    private final int limit;
    private long total;
    private long stripped;
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
        WordSplitter splitter = new WordSplitter(options, (text, length) -> {
            // as WordPiece does, in code points; in characters first, as that is cheaper
            if (length <= options.maxWordLength()
                    || Character.codePointCount(text, 0, length) <= options.maxWordLength()) {
                block.computeIfAbsent(new String(text, 0, length), word -> new Count()).value++;
            }
        });
        for (Document document : documents) {
            document.lines().forEach(splitter::split);
        }
        return new Block(block, splitter.stripped());
    }

    private void add(Block block) {
        stripped += block.stripped();
        block.counts().forEach((word, count) -> {
            counts.computeIfAbsent(word, w -> new Count()).value += count.value;
            total += count.value;
        });
        long least = 1;
        while (counts.size() > limit) {
            long bound = least;
            counts.values().removeIf(count -> count.value <= bound);
            least = counts.size() > limit ? least + 1 : least;
        }
    }

    /** Occurrences of all words, forgotten ones included. */
    public long total() {
        return total;
    }

    /** Share of the words that stripping of accents has changed: they have lost marks, or are letters (Jamo) instead of syllables. */
    public double strippedShare() {
        return total == 0 ? 0 : (double) stripped / total;
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
