package org.jelectra.text;

/**
 * Full lower-casing of one word by the Unicode rules. Not {@link String#toLowerCase()}: its test for a final sigma looks at
 * word boundaries, while the standard (section 3.13, Final_Sigma) looks at cased and case-ignorable characters around, which
 * differs next to punctuation.
 */
final class LowerCase {

    private static final int CAPITAL_SIGMA = 0x3A3;
    private static final int SMALL_SIGMA = 0x3C3;
    private static final int FINAL_SIGMA = 0x3C2;
    private static final int CAPITAL_I_WITH_DOT = 0x130;
    private static final int DOT_ABOVE = 0x307;
    /** Word_Break = MidLetter, MidNumLet or Single_Quote. */
    private static final String MID_WORD =
            "'.:\u00B7\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A";

    private LowerCase() {}

    /** Appends the lower case of {@code word} to {@code out}. */
    static void append(CharSequence word, StringBuilder out) {
        int codePoint;
        for (int i = 0; i < word.length(); i += Character.charCount(codePoint)) {
            codePoint = Character.codePointAt(word, i);
            if (codePoint == CAPITAL_SIGMA) {
                out.append((char) (isFinal(word, i) ? FINAL_SIGMA : SMALL_SIGMA));
            } else if (codePoint == CAPITAL_I_WITH_DOT) {
                out.append('i').append((char) DOT_ABOVE);
            } else {
                out.appendCodePoint(Character.toLowerCase(codePoint));
            }
        }
    }

    // Final: a cased character before, none after, where case-ignorable ones in between do not count.
    private static boolean isFinal(CharSequence word, int index) {
        return casedBefore(word, index) && !casedAfter(word, index + 1);
    }

    private static boolean casedBefore(CharSequence word, int index) {
        int i = index;
        while (i > 0) {
            int codePoint = Character.codePointBefore(word, i);
            if (!isCaseIgnorable(codePoint)) {
                return isCased(codePoint);
            }
            i -= Character.charCount(codePoint);
        }
        return false;
    }

    private static boolean casedAfter(CharSequence word, int index) {
        int i = index;
        while (i < word.length()) {
            int codePoint = Character.codePointAt(word, i);
            if (!isCaseIgnorable(codePoint)) {
                return isCased(codePoint);
            }
            i += Character.charCount(codePoint);
        }
        return false;
    }

    private static boolean isCased(int codePoint) {
        return Character.isLowerCase(codePoint) || Character.isUpperCase(codePoint) || Character.isTitleCase(codePoint);
    }

    private static boolean isCaseIgnorable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.FORMAT,
                    Character.MODIFIER_LETTER,
                    Character.MODIFIER_SYMBOL -> true;
            default -> MID_WORD.indexOf(codePoint) >= 0;
        };
    }
}
