package org.jelectra.text.shards;

import java.util.List;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.Vocabulary;

/** The sequences of one part, read from mapped shards. Safe for use by several threads. */
final class ShardedSequences implements PackedSequences {

    private final List<MappedShard> shards;
    private final PreparedPart part;
    private final int sequencesPerShard;
    private final int sequenceLength;
    private final int vocabularySize;
    private final int padId;
    private final int sepId;
    private final int size;

    ShardedSequences(List<MappedShard> shards, ShardManifest manifest, PreparedPart part, Vocabulary vocabulary) {
        this.shards = List.copyOf(shards);
        this.part = part;
        this.sequencesPerShard = manifest.sequencesPerShard();
        this.sequenceLength = manifest.sequenceLength();
        this.vocabularySize = vocabulary.size();
        this.padId = vocabulary.padId();
        this.sepId = vocabulary.sepId();
        this.size = Math.toIntExact(part.sequences());
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int sequenceLength() {
        return sequenceLength;
    }

    @Override
    public long tokens() {
        return part.tokens();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the shard holds an id that is not in the vocabulary: it was changed since it was checked
     */
    @Override
    public int copy(int sequence, int[] ids, int[] types, int offset) {
        int length = length(sequence);
        int type = 0;
        for (int i = 0; i < length; i++) {
            int id = id(sequence, i);
            if (id < 0 || id >= vocabularySize) {
                throw new IllegalStateException(shard(sequence).file() + ": sequence " + sequence % sequencesPerShard
                        + " holds id " + id + ", but the vocabulary has " + vocabularySize + " tokens");
            }
            ids[offset + i] = id;
            types[offset + i] = type;
            if (id == sepId) {
                type = 1;
            }
        }
        return length;
    }

    private int length(int sequence) {
        int length = sequenceLength;
        while (length > 0 && id(sequence, length - 1) == padId) {
            length--;
        }
        return length;
    }

    private MappedShard shard(int sequence) {
        if (sequence < 0 || sequence >= size) {
            throw new IndexOutOfBoundsException("sequence " + sequence + " is not in [0, " + size + ")");
        }
        return shards.get(sequence / sequencesPerShard);
    }

    private int id(int sequence, int column) {
        return shard(sequence).id(sequence % sequencesPerShard, column);
    }
}
