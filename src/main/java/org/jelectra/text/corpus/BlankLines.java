package org.jelectra.text.corpus;

/** What blank lines of plain text separate. */
public enum BlankLines {
    /** Documents. */
    DOCUMENTS,
    /** Paragraphs, as lines do: each file is one document. */
    PARAGRAPHS
}
