package org.jelectra.text.corpus;

/** Bytes that are not UTF-8, as the readers of one corpus meet them: an error, or counted. */
final class MalformedBytes {

    private final InvalidUtf8 action;
    private Replacements replaced = Replacements.NONE;

    MalformedBytes(InvalidUtf8 action) {
        this.action = action;
    }

    /**
     * One malformed sequence was met, for which U+FFFD is to stand.
     *
     * @param line number of the line, from 1
     * @param offset its first byte in the text, unpacked
     * @param value this byte
     * @throws MalformedUtf8Exception where none is allowed, or the text is UTF-16
     */
    void meet(String source, long line, long offset, int value) throws MalformedUtf8Exception {
        // of another encoding nothing would be left
        if (action == InvalidUtf8.STOP || MalformedUtf8Exception.isUtf16(offset, value)) {
            throw new MalformedUtf8Exception(source, line, offset, value);
        }
        replaced = replaced.plus(new Replacements(1, source + ", line " + line));
    }

    /** Those that were met. */
    Replacements replaced() {
        return replaced;
    }
}
