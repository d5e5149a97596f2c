package org.jelectra.text.vocab;

import org.jelectra.text.WordPieceOptions;

/**
 * How a vocabulary is trained.
 *
 * @param size most tokens, special ones included; fewer if the text has no more frequent pairs
 * @param wordPiece how the text is normalised; text is to be tokenised alike later
 * @param minFrequency a piece must occur so often in the text to become a token, and so must a character
 * @param alphabetSize most different characters; words with rarer ones become [UNK]
 * @param threads threads that count words; the result does not depend on it
 */
public record VocabularySettings(
        int size, WordPieceOptions wordPiece, int minFrequency, int alphabetSize, int threads) {

    /** The size of the vocabularies published with BERT and ELECTRA. */
    public static final int DEFAULT_SIZE = 30_522;
    /** A piece that occurs once teaches nothing. */
    public static final int DEFAULT_MIN_FREQUENCY = 2;
    /** Enough for any alphabet; of ideographs the most frequent. */
    public static final int DEFAULT_ALPHABET_SIZE = 1000;

    /** Checks the ranges. */
    public VocabularySettings {
        positive("the vocabulary size", size);
        positive("the minimum frequency", minFrequency);
        positive("the alphabet size", alphabetSize);
        positive("the number of threads", threads);
    }

    private static void positive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be positive, got " + value);
        }
    }

    /** The given size with default frequency and alphabet. */
    public static VocabularySettings of(int size, WordPieceOptions wordPiece, int threads) {
        return new VocabularySettings(size, wordPiece, DEFAULT_MIN_FREQUENCY, DEFAULT_ALPHABET_SIZE, threads);
    }
}
