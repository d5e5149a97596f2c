package org.jelectra.text.corpus;

import java.io.IOException;

/** One file of a corpus as a series of lines and ends of documents. */
interface TextSource {

    /** What comes next. */
    enum Event {
        /** A line, or a part of a long one: {@link #line()}. Never blank. */
        LINE,
        /** The document ends, if one is open. */
        DOCUMENT_END,
        /** An empty document. */
        EMPTY_DOCUMENT,
        /** The file ends, and with it the document. */
        END
    }

    /**
     * Goes to the next event.
     *
     * @throws IOException if the file cannot be read or is malformed; the message names file and line
     */
    Event next() throws IOException;

    /** The text of the event {@link Event#LINE}. */
    String line();

    /** Bytes of the text up to here, after unpacking. */
    long offset();

    /** Where reading can go on, or null where that is not possible; only offset, line and withinLine are set. */
    CorpusPosition position();
}
