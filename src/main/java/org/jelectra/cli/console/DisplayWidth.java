package org.jelectra.cli.console;

/** Columns that text takes on a terminal: two for East Asian wide characters and pictographs, none for combining marks. */
public final class DisplayWidth {

    private DisplayWidth() {}

    public static int of(String text) {
        return text.codePoints().map(DisplayWidth::of).sum();
    }

    private static int of(int codePoint) {
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = codePoint >= 0x1100 && codePoint <= 0x115F // Hangul initials
                || codePoint >= 0x2E80 && codePoint <= 0xA4CF && codePoint != 0x303F // ideographs, kana, Yi
                || codePoint >= 0xAC00 && codePoint <= 0xD7A3 // Hangul syllables
                || codePoint >= 0xF900 && codePoint <= 0xFAFF // compatibility ideographs
                || codePoint >= 0xFF00 && codePoint <= 0xFF60 // full-width forms
                || codePoint >= 0x1F300 && codePoint <= 0x1FAFF // pictographs
                || codePoint >= 0x20000 && codePoint <= 0x3FFFD; // rarer ideographs
        return wide ? 2 : 1;
    }
}
