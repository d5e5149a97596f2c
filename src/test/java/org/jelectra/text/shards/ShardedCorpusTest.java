package org.jelectra.text.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jelectra.text.PackedCorpus;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.SequencePacker;
import org.jelectra.text.TokenizedCorpus;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.batch.Batch;
import org.jelectra.text.batch.BatchOptions;
import org.jelectra.text.batch.BatchSource;
import org.jelectra.text.batch.MaskingOptions;
import org.jelectra.text.corpus.Corpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardedCorpusTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"5, 0.1", "8, 0.3", "16, 0.02", "33, 0.5", "128, 0.1", "512, 0"})
    void sequencesEqualThoseOfTheTextInMemory(int length, double heldOut) throws IOException {
        for (int seed = 1; seed <= 5; seed++) {
            Corpus corpus = Prepared.corpus(folder, Prepared.documents(seed, 60, 40 * seed));
            PrepareOptions options = Prepared.options(length, heldOut, 7).withSeed(seed);
            Path directory = folder.resolve("shards-" + seed);
            PreparedPart part = Prepared.run(corpus, directory, options).training();

            PackedCorpus expected = SequencePacker.pack(
                    TokenizedCorpus.tokenize(corpus, Prepared.WORDS, WordPieceOptions.uncased(), 1),
                    new PackingOptions(length, heldOut),
                    seed);
            PackedCorpus packed =
                    ShardedCorpus.open(directory, ShardedCorpus.Check.CHECKSUMS).packed();
            assertSame(packed.training(), expected.training());
            assertSame(packed.heldOut(), expected.heldOut());
            assertThat(packed.statistics()).isEqualTo(expected.statistics());
            long used = IntStream.range(0, packed.training().size())
                    .map(s -> packed.training().copy(s, new int[length], new int[length], 0))
                    .sum();
            assertThat(part.paddingFraction(length)).isEqualTo(1 - (double) used / (part.sequences() * length));
        }
    }

    @Test
    void theSampleGivesTheBatchesOfTheTextInMemory() throws IOException {
        PackingOptions packing = PackingOptions.ofLength(128);
        Vocabulary vocabulary = Vocabulary.bertUncased();
        PrepareOptions options = PrepareOptions.of(vocabulary, WordPieceOptions.uncased(), packing, 2)
                .withShards(1000, 0);
        Path directory = folder.resolve("shards");
        ShardManifest manifest = Prepared.run(Corpus.sample(), directory, options);
        assertThat(manifest.training().paddingFraction(128)).isBetween(0.02, 0.03);

        PackedCorpus expected = SequencePacker.pack(
                TokenizedCorpus.tokenize(Corpus.sample(), vocabulary, WordPieceOptions.uncased(), 2), packing, 1);
        PackedCorpus packed =
                ShardedCorpus.open(directory, ShardedCorpus.Check.SIZES).packed();
        assertThat(packed.statistics()).isEqualTo(expected.statistics());
        assertSame(packed.heldOut(), expected.heldOut());
        BatchSource fromText = source(expected.training(), vocabulary);
        BatchSource fromShards = source(packed.training(), vocabulary);
        Batch text = fromText.newBatch();
        Batch shards = fromShards.newBatch();
        for (long step = 0; step < 700; step += 7) {
            fromText.fill(step, text);
            fromShards.fill(step, shards);
            assertThat(shards.maskedInputIds).isEqualTo(text.maskedInputIds);
            assertThat(shards.tokenTypeIds).isEqualTo(text.tokenTypeIds);
            assertThat(shards.maskedRows).isEqualTo(text.maskedRows);
            assertThat(fromShards.cursor(step)).isEqualTo(fromText.cursor(step));
        }
    }

    private static BatchSource source(PackedSequences sequences, Vocabulary vocabulary) {
        return new BatchSource(sequences, new BatchOptions(16, 128), MaskingOptions.standard(), vocabulary, 1);
    }

    @Test
    void aShardCanBeReadByOtherPrograms() throws IOException {
        Corpus corpus = Prepared.corpus(folder, "w0 w1 w2\n\nw3 w4\n");
        Path directory = folder.resolve("shards");
        Prepared.run(corpus, directory, Prepared.options(16, 0, 10));
        byte[] bytes = Files.readAllBytes(directory.resolve("training-00000.shard"));
        assertThat(bytes).hasSize(128 + 16 * 2);
        short[] row = new short[16];
        ByteBuffer.wrap(bytes, 128, 32)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asShortBuffer()
                .get(row);
        assertThat(row).startsWith(new short[] {2, 5, 6, 7, 3, 8, 9, 3}).endsWith(new short[] {0, 0, 0});
    }

    @Test
    void largeVocabulariesTakeFourBytes() throws IOException {
        List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        for (int i = 0; i < 70_000; i++) {
            tokens.add("w" + i);
        }
        Vocabulary vocabulary = Vocabulary.of(tokens);
        Corpus corpus = Prepared.corpus(folder, "w69999 w1\n\nw69998\n");
        Path directory = folder.resolve("shards");
        PrepareOptions options =
                PrepareOptions.of(vocabulary, WordPieceOptions.uncased(), new PackingOptions(16, 0), 1);
        ShardManifest manifest = Prepared.run(corpus, directory, options);
        assertThat(manifest.bytesPerId()).isEqualTo(4);
        assertThat(manifest.training().shards().get(0).bytes()).isEqualTo(128 + 16 * 4);
        int[] ids = new int[16];
        PackedSequences sequences = ShardedCorpus.open(directory, ShardedCorpus.Check.CHECKSUMS)
                .packed()
                .training();
        assertThat(sequences.copy(0, ids, new int[16], 0)).isEqualTo(6);
        assertThat(ids).startsWith(2, 70_004, 6, 3, 70_003, 3);
    }

    @Test
    void indicesAreChecked() throws IOException {
        Path directory = folder.resolve("shards");
        Prepared.run(Prepared.corpus(folder, "w1 w2"), directory, Prepared.options(16, 0, 10));
        PackedSequences sequences = ShardedCorpus.open(directory, ShardedCorpus.Check.SIZES)
                .packed()
                .training();
        assertThatThrownBy(() -> sequences.copy(1, new int[16], new int[16], 0))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("sequence 1 is not in [0, 1)");
    }

    static void assertSame(PackedSequences actual, PackedSequences expected) {
        assertThat(actual.size()).isEqualTo(expected.size());
        assertThat(actual.tokens()).isEqualTo(expected.tokens());
        int length = expected.sequenceLength();
        int[][] arrays = new int[4][length];
        for (int s = 0; s < expected.size(); s++) {
            for (int[] array : arrays) {
                Arrays.fill(array, -1);
            }
            int copied = actual.copy(s, arrays[0], arrays[1], 0);
            assertThat(copied).isEqualTo(expected.copy(s, arrays[2], arrays[3], 0));
            assertThat(arrays[0]).as("ids of %d", s).isEqualTo(arrays[2]);
            assertThat(arrays[1]).as("types of %d", s).isEqualTo(arrays[3]);
        }
    }
}
