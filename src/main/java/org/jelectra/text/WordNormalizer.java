package org.jelectra.text;

import java.text.Normalizer;

/**
 * The general path of the tokenizer for a stretch of text without ASCII white space that holds characters outside ASCII:
 * cleaning, splitting, lower-casing, accent stripping, splitting at punctuation. Not safe for use by several threads.
 */
final class WordNormalizer {

    /** Receives a word, ready for the vocabulary. */
    interface WordSink {
        /** {@code text[0, length)} is the word, of {@code codePoints} code points. */
        void accept(char[] text, int length, int codePoints);
    }

    /** Below this no character has a canonical decomposition or is a combining mark. */
    private static final int FIRST_DECOMPOSED = 0xC0;
    /** Dashes and quotation marks: likewise without decomposition, and by far the most frequent beyond Latin-1. */
    private static final int FIRST_PLAIN_PUNCTUATION = 0x2010;

    private static final int LAST_PLAIN_PUNCTUATION = 0x205E;

    /** Letters of Hangul, into which its syllables decompose. */
    private static final int FIRST_JAMO = 0x1100;

    private static final int LAST_JAMO = 0x11FF;
    private static final int FIRST_HANGUL = 0xAC00;
    private static final int LAST_HANGUL = 0xD7A3;

    /** Longest run of marks that is put into Unicode's order, which takes the square of its length; no language has one near it. */
    private static final int MOST_MARKS = 256;

    private final WordPieceOptions options;
    private final WordSink sink;
    private final StringBuilder token = new StringBuilder();
    private final StringBuilder lower = new StringBuilder();
    private char[] word = new char[64];
    private long stripped;

    WordNormalizer(WordPieceOptions options, WordSink sink) {
        this.options = options;
        this.sink = sink;
    }

    /** Passes on the words of {@code text[from, to)}. */
    void accept(char[] text, int from, int to) {
        token.setLength(0);
        int codePoint;
        for (int i = from; i < to; i += Character.charCount(codePoint)) {
            codePoint = Character.codePointAt(text, i, to);
            if (CharacterClasses.isSpace(codePoint) || CharacterClasses.isSeparator(codePoint)) {
                endToken();
            } else if (CharacterClasses.isIdeograph(codePoint)) {
                endToken();
                if (!CharacterClasses.isDeleted(codePoint)) {
                    token.appendCodePoint(codePoint);
                    endToken();
                }
            } else if (!CharacterClasses.isDeleted(codePoint)) {
                token.appendCodePoint(codePoint);
            }
        }
        endToken();
    }

    private void endToken() {
        if (token.length() == 0) {
            return;
        }
        CharSequence normal = token;
        if (options.lowerCase()) {
            lower.setLength(0);
            LowerCase.append(token, lower);
            normal = lower;
        }
        if (options.stripAccents() && mayDecompose(normal)) {
            normal = Normalizer.normalize(withoutLongRuns(normal), Normalizer.Form.NFD);
        }
        splitAtPunctuation(normal, options.stripAccents() && hasHangul(token));
        token.setLength(0);
    }

    /** The text without what is stripped anyway of marks beyond the {@value #MOST_MARKS} that may follow each other. */
    private static CharSequence withoutLongRuns(CharSequence text) {
        if (text.length() <= MOST_MARKS) {
            return text;
        }
        StringBuilder kept = new StringBuilder(text.length());
        int marks = 0;
        int codePoint;
        for (int i = 0; i < text.length(); i += Character.charCount(codePoint)) {
            codePoint = Character.codePointAt(text, i);
            marks = Character.getType(codePoint) == Character.NON_SPACING_MARK ? marks + 1 : 0;
            if (marks <= MOST_MARKS) {
                kept.appendCodePoint(codePoint);
            }
        }
        return kept;
    }

    private static boolean hasHangul(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= FIRST_HANGUL && text.charAt(i) <= LAST_HANGUL) {
                return true;
            }
        }
        return false;
    }

    /** @param hangul whether some of its Jamo were syllables */
    private void splitAtPunctuation(CharSequence normal, boolean hangul) {
        if (word.length < normal.length()) {
            word = new char[normal.length() * 2];
        }
        int length = 0;
        int codePoints = 0;
        boolean changed = false;
        int codePoint;
        for (int i = 0; i < normal.length(); i += Character.charCount(codePoint)) {
            codePoint = Character.codePointAt(normal, i);
            if (options.stripAccents()) {
                if (Character.getType(codePoint) == Character.NON_SPACING_MARK) {
                    changed = true;
                    continue;
                }
                changed |= hangul && codePoint >= FIRST_JAMO && codePoint <= LAST_JAMO;
            }
            boolean punctuation = CharacterClasses.isPunctuation(codePoint);
            if (punctuation && length > 0) {
                end(length, codePoints, changed);
                changed = false;
                length = 0;
                codePoints = 0;
            }
            length += Character.toChars(codePoint, word, length);
            codePoints++;
            if (punctuation) {
                end(length, codePoints, changed);
                changed = false;
                length = 0;
                codePoints = 0;
            }
        }
        if (length > 0) {
            end(length, codePoints, changed);
        }
    }

    private void end(int length, int codePoints, boolean changed) {
        sink.accept(word, length, codePoints);
        stripped += changed ? 1 : 0;
    }

    /** Words so far that lost marks, or whose syllables (Hangul) are letters now. */
    long stripped() {
        return stripped;
    }

    private static boolean mayDecompose(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= FIRST_DECOMPOSED && (c < FIRST_PLAIN_PUNCTUATION || c > LAST_PLAIN_PUNCTUATION)) {
                return true;
            }
        }
        return false;
    }
}
