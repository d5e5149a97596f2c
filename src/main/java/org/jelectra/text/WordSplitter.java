package org.jelectra.text;

/**
 * Splits text into the words that {@link WordPiece} cuts into pieces: cleaned, lower-cased and stripped of accents as the options
 * say, punctuation apart. Not safe for use by several threads.
 */
public final class WordSplitter {

    /** Receives a word. */
    @FunctionalInterface
    public interface Sink {
        /** {@code text[0, length)} is the word; the array is used again for the next one. */
        void accept(char[] text, int length);
    }

    private final boolean lowerCase;
    private final Sink sink;
    private final WordNormalizer normalizer;
    private char[] text = new char[1024];
    private char[] word = new char[1024];

    /** Splits as the options say. */
    public WordSplitter(WordPieceOptions options, Sink sink) {
        this.lowerCase = options.lowerCase();
        this.sink = sink;
        this.normalizer =
                new WordNormalizer(options, (characters, length, codePoints) -> sink.accept(characters, length));
    }

    /** Passes on the words of a line in order. */
    public void split(String line) {
        int length = line.length();
        if (text.length < length) {
            text = new char[Math.max(length, 2 * text.length)];
            word = new char[text.length];
        }
        line.getChars(0, length, text, 0);
        int from = 0;
        while (from < length) {
            int to = from;
            int combined = 0;
            for (; to < length && !(text[to] < 128 && CharacterClasses.isSpace(text[to])); to++) {
                combined |= text[to];
            }
            if (to > from && combined < 128) {
                splitAscii(from, to);
            } else if (to > from) {
                normalizer.accept(text, from, to);
            }
            from = to + 1;
        }
    }

    /** Words so far that stripping of accents has changed: they have lost marks, or are letters (Jamo) instead of syllables. */
    public long stripped() {
        return normalizer.stripped();
    }

    private void splitAscii(int from, int to) {
        int length = 0;
        for (int i = from; i < to; i++) {
            char c = text[i];
            if (CharacterClasses.isPunctuation(c)) {
                end(length);
                word[0] = c;
                end(1);
                length = 0;
            } else if (!CharacterClasses.isDeleted(c)) {
                word[length++] = lowerCase && c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c;
            }
        }
        end(length);
    }

    private void end(int length) {
        if (length > 0) {
            sink.accept(word, length);
        }
    }
}
