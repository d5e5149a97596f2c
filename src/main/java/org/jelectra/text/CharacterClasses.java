package org.jelectra.text;

/**
 * The character classes of BERT's basic tokenizer, from Unicode general categories.
 *
 * <p>Source: the tokenizer published with BERT and ELECTRA. The JDK's Unicode version decides which code points are assigned.
 */
public final class CharacterClasses {

    private static final int FIRST_EMOJI = 0x1F000;
    private static final int LAST_EMOJI = 0x1FAFF;

    private CharacterClasses() {}

    /** Tab, line ends, and category Zs: replaced by a space. */
    static boolean isSpace(int codePoint) {
        return codePoint == '\t'
                || codePoint == '\n'
                || codePoint == '\r'
                || Character.getType(codePoint) == Character.SPACE_SEPARATOR;
    }

    /** U+2028 and U+2029 survive the cleaning, but the split at white space that follows removes them. */
    static boolean isSeparator(int codePoint) {
        return codePoint == 0x2028 || codePoint == 0x2029;
    }

    /**
     * U+FFFD and every category that begins with C, except tab and line ends: deleted, so that neighbours join. Where Unicode adds emoji,
     * what is not assigned yet counts as one, so that no emoji's fate depends on the JDK.
     */
    static boolean isDeleted(int codePoint) {
        if (codePoint == '\t' || codePoint == '\n' || codePoint == '\r') {
            return false;
        }
        if (codePoint == 0xFFFD) {
            return true;
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE -> true;
            case Character.UNASSIGNED -> codePoint < FIRST_EMOJI || codePoint > LAST_EMOJI;
            default -> false;
        };
    }

    /** Every category that begins with P, and the ASCII characters that are neither letter, digit, space nor control. */
    static boolean isPunctuation(int codePoint) {
        if (codePoint < 128) {
            return codePoint > ' '
                    && codePoint < 127
                    && !(codePoint >= '0' && codePoint <= '9'
                            || codePoint >= 'A' && codePoint <= 'Z'
                            || codePoint >= 'a' && codePoint <= 'z');
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    /** The CJK ideograph blocks, each of whose characters is a word; kana and Hangul are not among them. */
    public static boolean isIdeograph(int codePoint) {
        return codePoint >= 0x4E00 && codePoint <= 0x9FFF
                || codePoint >= 0x3400 && codePoint <= 0x4DBF
                || codePoint >= 0x20000 && codePoint <= 0x2A6DF
                || codePoint >= 0x2A700 && codePoint <= 0x2B73F
                || codePoint >= 0x2B740 && codePoint <= 0x2B81F
                || codePoint >= 0x2B820 && codePoint <= 0x2CEAF
                || codePoint >= 0xF900 && codePoint <= 0xFAFF
                || codePoint >= 0x2F800 && codePoint <= 0x2FA1F;
    }
}
