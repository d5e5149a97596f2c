package org.jelectra.text.shards;

import java.util.List;

/**
 * One part of a prepared corpus.
 *
 * @param documents its documents
 * @param shards its shards in order; all but the last have the same number of sequences
 */
public record PreparedPart(long documents, List<ShardInfo> shards) {

    /** Copies the list. */
    public PreparedPart {
        shards = List.copyOf(shards);
    }

    /** Number of sequences. */
    public long sequences() {
        return shards.stream().mapToLong(ShardInfo::sequences).sum();
    }

    /** Tokens of the text, without special ones. */
    public long tokens() {
        return shards.stream().mapToLong(ShardInfo::tokens).sum();
    }

    /** Number of segments. */
    public long segments() {
        return shards.stream().mapToLong(ShardInfo::segments).sum();
    }

    /** Fraction of the positions that is padding; 0 if there is no sequence. */
    public double paddingFraction(int sequenceLength) {
        // every sequence has one [CLS] and every segment one [SEP]
        long used = tokens() + sequences() + segments();
        return sequences() == 0 ? 0 : 1 - (double) used / (sequences() * (double) sequenceLength);
    }
}
