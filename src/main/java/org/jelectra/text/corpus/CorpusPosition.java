package org.jelectra.text.corpus;

/**
 * A place in a corpus where reading can go on, between two stretches.
 *
 * @param source number of the file, from 0
 * @param offset bytes of its text that were read, after unpacking
 * @param line lines of it that were read
 * @param withinLine whether the last of these lines goes on, because it was so long that it was cut
 * @param documents documents that began before
 * @param withinDocument whether the last of these documents goes on
 */
public record CorpusPosition(
        int source, long offset, long line, boolean withinLine, int documents, boolean withinDocument) {

    /** Before the first document. */
    public static final CorpusPosition START = new CorpusPosition(0, 0, 0, false, 0, false);

    /** Checks the ranges. */
    public CorpusPosition {
        if (source < 0 || offset < 0 || line < 0 || documents < 0) {
            throw new IllegalArgumentException("a position in a corpus must not be negative, got file " + source
                    + ", byte " + offset + ", line " + line + ", document " + documents);
        }
    }
}
