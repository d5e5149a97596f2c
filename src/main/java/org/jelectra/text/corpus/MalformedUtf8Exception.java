package org.jelectra.text.corpus;

import java.io.IOException;

/** A file that should be text in UTF-8 and is not. */
final class MalformedUtf8Exception extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * @param line number of the line, from 1
     * @param offset the first wrong byte in the text, unpacked
     * @param value this byte
     */
    MalformedUtf8Exception(String source, long line, long offset, int value) {
        super(String.format(
                "%s, line %d: not valid UTF-8 at byte %d of the file (0x%02X)", source, line, offset, value));
    }
}
