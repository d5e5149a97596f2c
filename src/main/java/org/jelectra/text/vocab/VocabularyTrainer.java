package org.jelectra.text.vocab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.corpus.Corpus;
import org.jelectra.text.corpus.TextProgress;

/**
 * Trains a WordPiece vocabulary: characters first, then pieces joined from the most frequent pairs. [PAD], [UNK], [CLS], [SEP] and
 * [MASK] are tokens 0 to 4. A function of text and settings; memory does not grow with the text.
 *
 * <p>The training program of BERT's vocabulary was never published. This does what is done in practice since (HuggingFace's
 * WordPiece trainer): byte-pair encoding by frequency with marked continuations, whose pieces are later matched greedily, longest
 * first.
 */
public final class VocabularyTrainer {

    /** Rarer words of a large corpus are misspelt or not words; they would only cost time. */
    static final int MOST_WORDS = 1 << 20;

    private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

    private VocabularyTrainer() {}

    /**
     * Reads a corpus and trains a vocabulary on it.
     *
     * @param progress called for every block that was read
     * @throws IOException if the text cannot be read or there is none
     * @throws IllegalArgumentException if the characters of the text alone are more than the size
     */
    public static Vocabulary train(Corpus corpus, VocabularySettings settings, Consumer<TextProgress> progress)
            throws IOException {
        return train(WordCounts.of(corpus, settings.wordPiece(), settings.threads(), progress), settings);
    }

    /** Trains on words that were counted. */
    public static Vocabulary train(WordCounts counts, VocabularySettings settings) {
        return train(counts.entries(), settings);
    }

    static Vocabulary train(List<WordCounts.Entry> entries, VocabularySettings settings) {
        Set<Integer> alphabet = Alphabet.of(entries, settings).characters();
        Map<String, Integer> ids = new HashMap<>();
        List<int[]> words = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        List<String> characters = characters(entries, alphabet);
        for (int id = 0; id < characters.size(); id++) {
            ids.put(characters.get(id), id);
        }
        int needed = characters.size() + SPECIAL.size();
        if (needed > settings.size()) {
            throw new IllegalArgumentException(
                    "the text needs " + needed + " tokens for its characters alone; the size must"
                            + " be at least that (or the minimum frequency higher), got " + settings.size());
        }
        for (WordCounts.Entry entry : entries) {
            if (words.size() == MOST_WORDS) {
                break;
            }
            int[] symbols = symbols(entry.word(), alphabet, ids);
            if (symbols.length > 0) {
                words.add(symbols);
                counts.add(entry.count());
            }
        }
        long[] frequencies = counts.stream().mapToLong(Long::longValue).toArray();
        List<String> pieces = new PairMerger(characters, words, frequencies, settings.minFrequency())
                .run(settings.size() - SPECIAL.size());
        // a piece of the text may be spelt like a special token only if punctuation were no word of its own
        Set<String> tokens = new LinkedHashSet<>(SPECIAL);
        tokens.addAll(pieces);
        return Vocabulary.of(List.copyOf(tokens));
    }

    // Beginnings of words, then continuations, as they occur, each in the order of Unicode.
    private static List<String> characters(List<WordCounts.Entry> entries, Set<Integer> alphabet) {
        Set<Integer> first = new TreeSet<>();
        Set<Integer> later = new TreeSet<>();
        for (WordCounts.Entry entry : entries) {
            int[] characters = entry.word().codePoints().toArray();
            for (int i = 0; i < characters.length; i++) {
                if (alphabet.contains(characters[i])) {
                    (i == 0 ? first : later).add(characters[i]);
                }
            }
        }
        List<String> pieces = new ArrayList<>();
        first.forEach(character -> pieces.add(Character.toString(character)));
        later.forEach(character -> pieces.add(Vocabulary.CONTINUATION + Character.toString(character)));
        return pieces;
    }

    // None if the word has a character outside the alphabet.
    private static int[] symbols(String word, Set<Integer> alphabet, Map<String, Integer> ids) {
        int[] characters = word.codePoints().toArray();
        int[] symbols = new int[characters.length];
        for (int i = 0; i < characters.length; i++) {
            if (!alphabet.contains(characters[i])) {
                return new int[0];
            }
            symbols[i] = ids.get((i == 0 ? "" : Vocabulary.CONTINUATION) + Character.toString(characters[i]));
        }
        return symbols;
    }
}
