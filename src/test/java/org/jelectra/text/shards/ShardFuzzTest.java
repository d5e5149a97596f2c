package org.jelectra.text.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.jelectra.Mutations;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged shards and manifests are refused with a message or read; nothing else happens. */
@Tag("every-jdk")
class ShardFuzzTest {

    private static final long MOST_BYTES = 16 << 20;
    /** Few tokens: the file is read and hashed again for each damaged one, and most words may be unknown. */
    private static final Vocabulary VOCABULARY =
            Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "w0", "w1", "w2", "w3"));

    @TempDir
    Path folder;

    private Path directory;

    @BeforeEach
    void prepare() throws IOException {
        directory = folder.resolve("shards");
        PrepareOptions options = PrepareOptions.of(
                        VOCABULARY, WordPieceOptions.uncased(), new PackingOptions(16, 0.1), 2)
                .withShards(20, 0);
        Prepared.run(Prepared.corpus(folder, Prepared.documents(1, 40, 30)), directory, options);
    }

    private void readAll() throws IOException {
        ShardedCorpus corpus = ShardedCorpus.open(directory, ShardedCorpus.Check.CHECKSUMS);
        PackedSequences sequences = corpus.packed().training();
        int[] ids = new int[sequences.sequenceLength()];
        for (int s = 0; s < sequences.size(); s++) {
            sequences.copy(s, ids, new int[ids.length], 0);
        }
    }

    @Test
    void shards() throws IOException {
        Path shard = directory.resolve("training-00001.shard");
        int refused = Mutations.run(Files.readAllBytes(shard), 1, MOST_BYTES, bytes -> {
            Mutations.replace(shard, bytes);
            readAll();
        });
        // a few mutations replace bytes by equal ones
        assertThat(refused).isGreaterThan(Mutations.COUNT * 95 / 100);
    }

    /** With right checksums, as another program might write them. */
    @Test
    void shardHeadersWithRightChecksums() throws IOException {
        Path shard = directory.resolve("training-00001.shard");
        int refused = Mutations.run(Files.readAllBytes(shard), 2, MOST_BYTES, bytes -> {
            if (bytes.length >= ShardHeader.BYTES) {
                CRC32C crc = new CRC32C();
                crc.update(bytes, 0, 124);
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(124, (int) crc.getValue());
            }
            Mutations.replace(shard, bytes);
            readAll();
        });
        assertThat(refused).isGreaterThan(Mutations.COUNT * 9 / 10);
    }

    @Test
    void manifests() throws IOException {
        Path manifest = directory.resolve(ShardManifest.FILE_NAME);
        int refused = Mutations.run(Files.readAllBytes(manifest), 3, MOST_BYTES, bytes -> {
            Mutations.replace(manifest, bytes);
            readAll();
        });
        // white space and the names of inputs may change
        assertThat(refused).isBetween(Mutations.COUNT / 2, Mutations.COUNT - 1);
    }
}
