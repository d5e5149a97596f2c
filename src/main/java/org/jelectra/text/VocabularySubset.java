package org.jelectra.text;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Picks the part of a vocabulary that a text needs most. A small model on little text learns little of words that it sees a
 * few times, and pays for each of them in every softmax; with fewer pieces, rare words are spelt with common ones.
 */
public final class VocabularySubset {

    private VocabularySubset() {}

    /**
     * The special tokens, every single character that the text uses (at the start of a word and within), so that nothing
     * becomes unknown that was not, and then the pieces that occur most often, up to {@code size} tokens in all. Of a
     * vocabulary that lacks some of these characters the pieces with them are kept in their place, which spells nearly every
     * word of the text. The order of the whole vocabulary is kept. The whole vocabulary where it is no larger than
     * {@code size}.
     *
     * @param corpus the text in tokens of the whole vocabulary
     * @throws IllegalArgumentException if special tokens and characters alone are more than {@code size}
     */
    public static Vocabulary of(TokenizedCorpus corpus, int size) {
        Vocabulary whole = corpus.vocabulary();
        if (whole.size() <= size) {
            return whole;
        }
        long[] counts = new long[whole.size()];
        for (int i = 0; i < corpus.size(); i++) {
            counts[corpus.token(i)]++;
        }
        Set<Integer> kept =
                new HashSet<>(List.of(whole.padId(), whole.unknownId(), whole.clsId(), whole.sepId(), whole.maskId()));
        addCharacters(whole, counts, kept);
        if (kept.size() > size) {
            throw new IllegalArgumentException("the text needs " + kept.size()
                    + " tokens for its characters alone; the vocabulary must have at least as many, got " + size);
        }
        IntStream.range(0, whole.size())
                .boxed()
                .filter(id -> counts[id] > 0 && !kept.contains(id))
                .sorted((a, b) -> counts[a] == counts[b] ? Integer.compare(a, b) : Long.compare(counts[b], counts[a]))
                .limit(size - kept.size())
                .toList()
                .forEach(kept::add);
        List<String> tokens = new ArrayList<>();
        for (int id = 0; id < whole.size(); id++) {
            if (kept.contains(id)) {
                tokens.add(whole.token(id));
            }
        }
        return Vocabulary.of(tokens);
    }

    private static void addCharacters(Vocabulary whole, long[] counts, Set<Integer> kept) {
        for (int id = 0; id < counts.length; id++) {
            if (counts[id] == 0 || id == whole.unknownId()) {
                continue;
            }
            String token = whole.token(id);
            String piece = token.startsWith(Vocabulary.CONTINUATION)
                    ? token.substring(Vocabulary.CONTINUATION.length())
                    : token;
            boolean begins = !token.startsWith(Vocabulary.CONTINUATION);
            for (String character :
                    piece.codePoints().mapToObj(Character::toString).toList()) {
                int first = whole.id(character);
                int within = whole.id(Vocabulary.CONTINUATION + character);
                add(first, kept);
                add(within, kept);
                if ((begins ? first : within) < 0) {
                    kept.add(id);
                }
                begins = false;
            }
        }
    }

    private static void add(int id, Set<Integer> kept) {
        if (id >= 0) {
            kept.add(id);
        }
    }
}
