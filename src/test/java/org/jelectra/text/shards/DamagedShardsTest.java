package org.jelectra.text.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.Vocabulary;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("every-jdk")
class DamagedShardsTest {

    @TempDir
    Path folder;

    private Path directory;
    private Path shard;

    @BeforeEach
    void prepare() throws IOException {
        directory = folder.resolve("shards");
        Prepared.run(Prepared.corpus(folder, Prepared.documents(1, 100, 60)), directory, Prepared.options(32, 0.1, 20));
        shard = directory.resolve("training-00002.shard");
    }

    private ThrowingCallable open(ShardedCorpus.Check check) {
        return () -> ShardedCorpus.open(directory, check);
    }

    private void change(int at, int xor) throws IOException {
        byte[] bytes = Files.readAllBytes(shard);
        bytes[at] ^= (byte) xor;
        Files.write(shard, bytes);
    }

    /** Changes the header and makes its checksum right again. */
    private void changeHeader(int at, int value) throws IOException {
        byte[] bytes = Files.readAllBytes(shard);
        ByteBuffer header =
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 124);
        header.putInt(124, (int) crc.getValue());
        Files.write(shard, bytes);
    }

    @Test
    void truncated() throws IOException {
        byte[] bytes = Files.readAllBytes(shard);
        Files.write(shard, Arrays.copyOf(bytes, bytes.length - 1));
        assertThatThrownBy(open(ShardedCorpus.Check.SIZES))
                .hasMessage(shard + ": truncated: expected 1408 bytes, found 1407; restore the file, or delete the"
                        + " directory and prepare again");
        Files.write(shard, Arrays.copyOf(bytes, 50));
        assertThatThrownBy(open(ShardedCorpus.Check.SIZES))
                .hasMessage(shard + ": truncated: a shard begins with 128 bytes of header, found 50");
        Files.write(shard, Arrays.copyOf(bytes, bytes.length + 1));
        assertThatThrownBy(open(ShardedCorpus.Check.SIZES)).hasMessageStartingWith(shard + ": too long: expected 1408");
    }

    @Test
    void everyFlippedBitOfTheHeaderIsFound() throws IOException {
        for (int bit = 0; bit < 8 * ShardHeader.BYTES; bit++) {
            change(bit / 8, 1 << bit % 8);
            assertThatThrownBy(open(ShardedCorpus.Check.SIZES))
                    .as("bit %d", bit)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(shard + ": ");
            change(bit / 8, 1 << bit % 8);
        }
        ShardedCorpus.open(directory, ShardedCorpus.Check.CHECKSUMS);
    }

    @Test
    void everyFlippedBitOfTheRowsIsFound() throws IOException {
        int size = (int) Files.size(shard);
        for (int at = ShardHeader.BYTES; at < size; at += 7) {
            change(at, 1 << at % 8);
            assertThatThrownBy(open(ShardedCorpus.Check.CHECKSUMS))
                    .hasMessageMatching(
                            "\\Q" + shard + "\\E: damaged: the checksum of its rows is [0-9a-f]{8}, expected"
                                    + " [0-9a-f]{8}; restore the file, or delete the directory and prepare again");
            change(at, 1 << at % 8);
        }
    }

    @Test
    void otherVersions() throws IOException {
        changeHeader(8, 2);
        assertThatThrownBy(open(ShardedCorpus.Check.SIZES))
                .hasMessage(
                        shard + ": a shard of version 2, but this jelectra reads version 1; prepare the text again");
        prepareAgain();
        Path manifest = directory.resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace("\"version\": 1", "\"version\": 7"));
        assertThatThrownBy(open(ShardedCorpus.Check.SIZES))
                .hasMessage(
                        manifest + ": shards of version 7, but this jelectra reads version 1; prepare the text again");
    }

    private void prepareAgain() throws IOException {
        directory = folder.resolve("again");
        Prepared.run(Prepared.corpus(folder, Prepared.documents(1, 100, 60)), directory, Prepared.options(32, 0.1, 20));
        shard = directory.resolve("training-00002.shard");
    }

    @Test
    void impossibleHeaders() throws IOException {
        changeHeader(28, Integer.MAX_VALUE);
        assertThatThrownBy(open(ShardedCorpus.Check.SIZES))
                .hasMessage(shard + ": impossible sizes in the header: 2147483647 sequences of 32 ids of 2 bytes");
        changeHeader(20, 9);
        assertThatThrownBy(open(ShardedCorpus.Check.SIZES)).hasMessage(shard + ": expected part 0 or 1, found 9");
        Files.write(shard, new byte[500]);
        assertThatThrownBy(open(ShardedCorpus.Check.SIZES))
                .hasMessage(shard + ": not a shard, or one that was never completed: it should begin with 'jelectra'");
    }

    @Test
    void aShardFromElsewhere() throws IOException {
        Files.copy(directory.resolve("training-00001.shard"), shard, StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(open(ShardedCorpus.Check.SIZES))
                .hasMessage(shard + ": not the shard that manifest.json lists under this name; do the files come from"
                        + " two preparations?");
        changeHeader(32, 12345);
        assertThatThrownBy(open(ShardedCorpus.Check.SIZES))
                .hasMessageStartingWith(shard + ": made with another vocabulary (SHA-256 39300000");
        Files.delete(shard);
        assertThatThrownBy(open(ShardedCorpus.Check.SIZES)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void anotherVocabulary() throws IOException {
        List<String> tokens = new ArrayList<>();
        for (int id = 0; id < Prepared.WORDS.size(); id++) {
            tokens.add(Prepared.WORDS.token(id));
        }
        Collections.swap(tokens, 10, 11);
        Vocabulary other = Vocabulary.of(tokens);
        ShardManifest manifest = ShardManifest.read(directory);
        assertThatThrownBy(() -> ShardedCorpus.checkVocabulary(manifest, other, "v.txt"))
                .hasMessage(
                        "v.txt: not the vocabulary that the text was prepared with: expected 1000 tokens with SHA-256 "
                                + Prepared.WORDS.sha256().substring(0, 12) + "..., found 1000 with "
                                + other.sha256().substring(0, 12)
                                + "...; use that vocabulary, or prepare the text again");
        other.write(directory.resolve("vocab.txt"));
        assertThatThrownBy(open(ShardedCorpus.Check.SIZES))
                .hasMessageStartingWith(directory.resolve("vocab.txt") + ": not the vocabulary");
    }

    @Test
    void anIdBeyondTheVocabularyIsNotHandedOut() throws IOException {
        PackedSequences sequences = ShardedCorpus.open(directory, ShardedCorpus.Check.CHECKSUMS)
                .packed()
                .training();
        change(ShardHeader.BYTES + 5, 0x80);
        assertThatThrownBy(() -> sequences.copy(40, new int[32], new int[32], 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(shard + ": sequence 0 holds id ")
                .hasMessageEndingWith(", but the vocabulary has 1000 tokens");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"sequence_length\": 32|\"sequence_length\": 3|: \"sequence_length\": expected an integer from 5 to 65536, found 3",
                "\"sequence_length\": 32|\"x\": 32|: the field \"sequence_length\" is missing",
                "\"lower_case\": true|\"lower_case\": 1|: \"lower_case\": expected true or false, found 1",
                "\"size\": 1000|\"size\": 1e99|, vocabulary: \"size\": expected an integer from 5 to 2147483647, found 1e99",
                "training-00001.shard|../../etc/passwd|, training, shards[1]: \"file\": expected training-00001.shard, found ../../etc/passwd",
                "\"bytes_per_id\": 2|\"bytes_per_id\": 4|: \"bytes_per_id\": expected 2, found 4",
                "\"sequences_per_shard\": 20|\"sequences_per_shard\": 19|: \"training-00000.shard\": expected 19 sequences, found 20",
                "\"files\": 1|\"files\": 0|, inputs: \"files\": expected an integer from 1 to 2147483647, found 0",
                "\"format\": \"jelectra-shards\"|\"format\": \"x\"|: \"format\": expected jelectra-shards, found x"
            })
    void damagedManifests(String from, String to, String message) throws IOException {
        Path manifest = directory.resolve("manifest.json");
        String text = Files.readString(manifest);
        assertThat(text).contains(from);
        Files.writeString(manifest, text.replace(from, to));
        assertThatThrownBy(open(ShardedCorpus.Check.SIZES))
                .isInstanceOf(IOException.class)
                .hasMessage(manifest + message);
    }

    @Test
    void noManifest() throws IOException {
        Files.delete(directory.resolve("manifest.json"));
        assertThatThrownBy(open(ShardedCorpus.Check.SIZES))
                .hasMessage(directory + ": expected a directory made by 'jelectra prepare', found no manifest.json");
    }
}
