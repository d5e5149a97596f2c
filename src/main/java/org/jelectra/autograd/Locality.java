package org.jelectra.autograd;

import org.jelectra.backend.AttentionShape;

/**
 * Says that a row of a step's values depends, besides parameters, on rows of its own sequence only, or on itself alone.
 *
 * @param rows how many there are
 * @param sequences of which the rows are; null where each depends on itself alone
 */
record Locality(int rows, AttentionShape sequences) {

    static Locality ofRows(int rows) {
        return new Locality(rows, null);
    }

    static Locality of(AttentionShape sequences) {
        return new Locality(sequences.batch() * sequences.length(), sequences);
    }

    /** What holds of both, one after the other; null where nothing does. */
    Locality and(Locality next) {
        if (next == null || next.rows != rows) {
            return null;
        }
        if (sequences == null || next.sequences == null) {
            return sequences == null ? next : this;
        }
        return sequences.equals(next.sequences) ? this : null;
    }
}
