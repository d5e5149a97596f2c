package org.jelectra.text;

/**
 * How {@link WordPiece} normalises text.
 *
 * @param lowerCase lower-case by the full Unicode rules, before the accents are stripped
 * @param stripAccents decompose (NFD) and drop the combining marks; the reference does so only together with lower-casing
 * @param maxWordLength longest word in code points after normalisation; a longer one is [UNK]. 200 in the original code.
 */
public record WordPieceOptions(boolean lowerCase, boolean stripAccents, int maxWordLength) {

    /** The limit of the original ELECTRA code. */
    public static final int DEFAULT_MAX_WORD_LENGTH = 200;

    /** Checks the length. */
    public WordPieceOptions {
        if (maxWordLength < 1) {
            throw new IllegalArgumentException("maxWordLength must be positive, got " + maxWordLength);
        }
    }

    /** Lower-casing and accent stripping, for {@link Vocabulary#bertUncased()}. */
    public static WordPieceOptions uncased() {
        return new WordPieceOptions(true, true, DEFAULT_MAX_WORD_LENGTH);
    }

    /** Text as it is, for vocabularies with upper-case letters and accents. */
    public static WordPieceOptions cased() {
        return new WordPieceOptions(false, false, DEFAULT_MAX_WORD_LENGTH);
    }
}
