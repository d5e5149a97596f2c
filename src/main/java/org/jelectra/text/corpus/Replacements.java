package org.jelectra.text.corpus;

/**
 * Malformed sequences of bytes that were read as U+FFFD.
 *
 * @param count how many
 * @param first file and line of the first; null where there is none
 */
public record Replacements(long count, String first) {

    /** There was none. */
    public static final Replacements NONE = new Replacements(0, null);

    /** These and later ones. */
    public Replacements plus(Replacements later) {
        return new Replacements(count + later.count, first == null ? later.first : first);
    }
}
