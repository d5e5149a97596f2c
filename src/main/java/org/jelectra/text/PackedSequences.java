package org.jelectra.text;

/**
 * Sequences of at most L tokens, {@code [CLS] segment [SEP] (segment [SEP])*}: packed in memory by {@link SequencePacker}, or
 * read from shards. Immutable, safe for use by several threads.
 */
public interface PackedSequences {

    /** Number of sequences. */
    int size();

    /** Longest length L, with [CLS] and [SEP]. */
    int sequenceLength();

    /** Tokens of the text in all sequences, without [CLS] and [SEP]. */
    long tokens();

    /**
     * Writes the ids and types of a sequence from {@code offset} on; type 0 for [CLS] and the first segment, 1 for later ones.
     *
     * @return the number of positions written; the rest of the row is left as it is
     */
    int copy(int sequence, int[] ids, int[] types, int offset);
}
