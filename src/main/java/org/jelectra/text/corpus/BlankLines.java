package org.jelectra.text.corpus;

/** What blank lines of plain text separate. */
public enum BlankLines {
    /** Documents. */
    DOCUMENTS,
    /** Paragraphs, as lines do: each file is one document. */
    PARAGRAPHS;

    /** Whether nobody sees anything in a text: only spaces of any kind, line ends, byte order marks and the like. */
    public static boolean isBlank(String text) {
        return text.codePoints()
                .allMatch(c -> Character.isWhitespace(c)
                        || Character.isSpaceChar(c)
                        || Character.getType(c) == Character.FORMAT);
    }
}
