package org.jelectra.text.corpus;

/** What a reader of a {@link Corpus} does at bytes that are not UTF-8. */
public enum InvalidUtf8 {
    /** Stops with an error that names file, line and byte. */
    STOP,
    /** Puts U+FFFD for each malformed sequence, which tokenizers leave out, and goes on. */
    REPLACE
}
