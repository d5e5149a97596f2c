package org.jelectra.inference;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.text.CharacterClasses;

/**
 * Divides text into words as taggers are trained on them: at white space, and each character of punctuation at the beginning or
 * the end of what lies between is a word of its own. Punctuation within a word stays ("don't", "3.5", "U.S"). An ideograph is a word, as
 * to the tokenizer, and so is punctuation of full width wherever it stands.
 */
final class WordDivision {

    private WordDivision() {}

    static List<Word> divide(String text) {
        List<Word> words = new ArrayList<>();
        int start = 0;
        int next;
        for (int i = 0; i < text.length(); i = next) {
            int codePoint = text.codePointAt(i);
            next = i + Character.charCount(codePoint);
            boolean alone = CharacterClasses.isIdeograph(codePoint) || isCjkPunctuation(codePoint);
            if (alone || Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint)) {
                divide(text, start, i, words);
                start = next;
            }
            if (alone) {
                words.add(new Word(text.substring(i, next), i, next));
            }
        }
        divide(text, start, text.length(), words);
        return words;
    }

    private static void divide(String text, int start, int end, List<Word> words) {
        int from = start;
        while (from < end && isPunctuation(text.codePointAt(from))) {
            int next = from + Character.charCount(text.codePointAt(from));
            words.add(new Word(text.substring(from, next), from, next));
            from = next;
        }
        int to = end;
        while (to > from && isPunctuation(text.codePointBefore(to))) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        if (to > from) {
            words.add(new Word(text.substring(from, to), from, to));
        }
        while (to < end) {
            int next = to + Character.charCount(text.codePointAt(to));
            words.add(new Word(text.substring(to, next), to, next));
            to = next;
        }
    }

    /** Punctuation of full width, which no space follows. */
    private static boolean isCjkPunctuation(int codePoint) {
        return (codePoint >= 0x3001 && codePoint <= 0x303F || codePoint >= 0xFF01 && codePoint <= 0xFF65)
                && isPunctuation(codePoint);
    }

    private static boolean isPunctuation(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }
}
