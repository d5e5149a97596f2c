package org.jelectra.text.corpus;

import java.io.IOException;
import java.util.Locale;

/** A file that should be text in UTF-8 and is not. */
public final class MalformedUtf8Exception extends IOException {

    private static final long serialVersionUID = 1L;
    /** The lower of the two bytes, 0xFE and 0xFF, of UTF-16's byte order mark; neither is ever in UTF-8. */
    private static final int BYTE_ORDER_MARK = 0xFE;

    private final boolean likeUtf16;

    /**
     * @param line number of the line, from 1
     * @param offset the first wrong byte in the text, unpacked
     * @param value this byte
     */
    MalformedUtf8Exception(String source, long line, long offset, int value) {
        super(String.format(
                        Locale.ROOT,
                        "%s, line %d: not valid UTF-8 at byte %d of the file (0x%02X)",
                        source,
                        line,
                        offset,
                        value)
                + (isUtf16(offset, value)
                        ? ", which is how UTF-16 begins: save it as UTF-8"
                        : "; text of another encoding is converted by iconv -f ENCODING -t UTF-8"));
        likeUtf16 = isUtf16(offset, value);
    }

    static boolean isUtf16(long offset, int value) {
        return offset == 0 && value >= BYTE_ORDER_MARK;
    }

    /** Whether the file begins as UTF-16 does: then all of it is in another encoding. */
    public boolean isLikeUtf16() {
        return likeUtf16;
    }
}
