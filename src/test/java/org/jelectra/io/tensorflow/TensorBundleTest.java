package org.jelectra.io.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jelectra.io.TestTensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints that TensorFlow wrote (how is in exchange/tensorflow/WriteCheckpoints.java), and what is wrong with others. */
@Tag("every-jdk")
class TensorBundleTest {

    private static final List<String> FILES = List.of(".index", ".data-00000-of-00001");

    @TempDir
    Path folder;

    private Path prefix;
    private Path index;
    private Path data;

    @BeforeEach
    void paths() {
        prefix = folder.resolve("model");
        index = folder.resolve("model" + FILES.get(0));
        data = folder.resolve("model" + FILES.get(1));
    }

    private void resource(String name) throws IOException {
        for (String suffix : FILES) {
            try (InputStream in = TensorBundleTest.class.getResourceAsStream(name + "/model" + suffix)) {
                Files.copy(in, folder.resolve("model" + suffix));
            }
        }
    }

    private void change(Path file, UnaryOperator<byte[]> change) throws IOException {
        Files.write(file, change.apply(Files.readAllBytes(file)));
    }

    private void refused(String message) {
        assertThatThrownBy(() -> TensorBundle.open(prefix).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message)
                .hasMessageMatching("[^\\n]+");
    }

    @Test
    void everyType() throws IOException {
        resource("types");
        try (TensorBundle bundle = TensorBundle.open(prefix)) {
            assertThat(bundle.names())
                    .containsExactly(
                            "bfloat16",
                            "bool",
                            "empty",
                            "float16",
                            "float32",
                            "float64",
                            "int32",
                            "int64",
                            "scalar",
                            "text");
            assertThat(bundle.names().stream().map(bundle::dtype))
                    .containsExactly("BF16", "BOOL", "F32", "F16", "F32", "F64", "I32", "I64", "F32", "strings");
            for (String name : List.of("bfloat16", "float16", "float32", "float64")) {
                assertThat(bundle.shape(name)).containsExactly(2, 3);
            }
            assertThat(bundle.floats("float32")).containsExactly(0, -1.5f, 3.25f, 1e-5f, 65504, -0.0f);
            assertThat(bundle.floats("float64")).containsExactly(0, -1.5f, 3.25f, 1e-5f, 65504, (float) Math.PI);
            assertThat(bundle.floats("float16")).containsExactly(0, -1.5f, 3.25f, 168 * 0x1p-24f, 65504, -0.0f);
            assertThat(bundle.floats("bfloat16"))
                    .containsExactly(0, -1.5f, 3.25f, 9.953975677490234e-06f, 65280, -0.0f);
            assertThat(bundle.floats("scalar")).containsExactly(42);
            assertThat(bundle.shape("scalar")).isEmpty();
            assertThat(bundle.floats("empty")).isEmpty();
            assertThat(bundle.shape("empty")).containsExactly(0, 3);
            assertThat(bundle.contains("float8")).isFalse();
            assertThat(bundle.sharedBytes()).isZero();
            for (String name : List.of("text", "int64", "bool")) {
                assertThatThrownBy(() -> bundle.floats(name))
                        .isInstanceOf(IOException.class)
                        .hasMessage(index + ": tensor \"" + name + "\" has dtype " + bundle.dtype(name)
                                + ", expected F32, F64, F16 or BF16");
            }
            assertThatThrownBy(() -> bundle.shape("float8"))
                    .isInstanceOf(NoSuchElementException.class)
                    .hasMessage(index + ": no tensor \"float8\" among the 10 of this checkpoint");
        }
    }

    @Test
    void aVariableInPartsIsRefused() throws IOException {
        resource("slices");
        refused(index + ": tensor \"words\" is stored in 2 parts (a partitioned variable), expected whole ones");
    }

    /** More values than are read at once, names in several blocks with what they share left out. */
    @Test
    void manyAndLongTensors() throws IOException {
        List<TestTensor> tensors = new ArrayList<>();
        for (int i = 0; i < 57; i++) {
            tensors.add(new TestTensor("layer_" + i + "/kernel", new int[] {3}, i, -i, 0.5f * i));
        }
        float[] values = new float[(1 << 18) + 5];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        tensors.add(new TestTensor("long", new int[] {values.length}, values));
        TestBundle.write(prefix, tensors);
        try (TensorBundle bundle = TensorBundle.open(prefix)) {
            assertThat(bundle.names()).hasSize(58);
            for (TestTensor tensor : tensors) {
                assertThat(bundle.floats(tensor.name())).as(tensor.name()).isEqualTo(tensor.data());
            }
        }
    }

    @Test
    void everyChangedByteOfTheIndexIsFound() throws IOException {
        resource("types");
        byte[] whole = Files.readAllBytes(index);
        int unnoticed = 0;
        for (int i = 0; i < whole.length - 48; i++) {
            byte[] changed = whole.clone();
            changed[i] ^= 4;
            Files.write(index, changed);
            try (TensorBundle bundle = TensorBundle.open(prefix)) {
                assertThat(bundle.names()).hasSize(10);
                unnoticed++;
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith(index + ": damaged: expected checksum ");
            }
        }
        // the block of further properties has no entries, and is not read
        assertThat(unnoticed).isEqualTo(13);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 47, 48, 200, 356})
    void aTruncatedIndex(int length) throws IOException {
        resource("types");
        change(index, bytes -> Arrays.copyOf(bytes, length));
        refused(index + ": not the index of a checkpoint");
    }

    @Test
    void anIndexThatIsNone() throws IOException {
        Files.writeString(index, "no index of a checkpoint, though it has all the bytes that the footer of one has");
        refused(index
                + ": not the index of a checkpoint, or truncated: expected it to end with db4775248b80fb57, found ");
    }

    @Test
    void damagedValues() throws IOException {
        resource("types");
        try (TensorBundle bundle = TensorBundle.open(prefix)) {
            change(data, bytes -> {
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] ^= 1;
                }
                return bytes;
            });
            for (String name : List.of("float32", "scalar", "bfloat16")) {
                assertThatThrownBy(() -> bundle.floats(name))
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith(data + ": damaged: expected checksum ")
                        .hasMessageContaining(" of tensor \"" + name + "\" at byte ");
            }
        }
    }

    @Test
    void truncatedValues() throws IOException {
        resource("types");
        change(data, bytes -> Arrays.copyOf(bytes, 100));
        refused(data + ": truncated: expected tensor \"");
    }

    @Test
    void valuesThatGetShorterWhileTheyAreRead() throws IOException {
        resource("types");
        try (TensorBundle bundle = TensorBundle.open(prefix)) {
            Files.write(data, new byte[10]);
            assertThatThrownBy(() -> bundle.floats("float64"))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(data + ": truncated at byte ");
        }
    }

    @Test
    void aMissingFile() throws IOException {
        resource("types");
        Files.delete(data);
        refused(prefix + ": expected the values in 1 file, but this one is missing: model.data-00000-of-00001");
        TestBundle.index(prefix, new TreeMap<>(Map.of("", TestBundle.header(12, 0, 0))), 1, 0);
        refused(prefix + ": expected the values in 12 files, but this one is missing: model.data-00000-of-00012");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | 1 | 0 | expected little-endian numbers, found a checkpoint of a big-endian machine",
                "1 | 0 | 2 | expected version 1 of the format, found a checkpoint for readers of version 2 and later",
                "0 | 0 | 0 | expected one or more files of values, found 0",
            })
    void headersOfWhatIsNotRead(int shards, int endianness, int version, String message) throws IOException {
        TestBundle.index(prefix, new TreeMap<>(Map.of("", TestBundle.header(shards, endianness, version))), 1, 0);
        refused(index + ": " + message);
    }

    @Test
    void compressedBlocks() throws IOException {
        Map<String, byte[]> entries = new TreeMap<>(Map.of("", TestBundle.header(1, 0, 0)));
        TestBundle.index(prefix, entries, 1, 1);
        refused(index + ": expected blocks without compression, as TensorFlow writes them, found snappy at byte 0");
        TestBundle.index(prefix, entries, 1, 7);
        refused("found type 7 at byte 0");
    }

    @Test
    void noHeader() throws IOException {
        TestBundle.index(prefix, new TreeMap<>(Map.of("a", new byte[0])), 1, 0);
        refused(index + ": not the index of a checkpoint: expected a header, found none");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0 | 12 | has 12 bytes, expected those of the shape [2, 1] and type F32",
                "1 | 0 | 8 | is in file 1, expected one of 0 to 0",
                "0 | 4 | 8 | truncated: expected tensor \"a\" of 8 bytes at byte 4, found 8 bytes in all",
                "0 | -1 | 8 | truncated: expected tensor \"a\" of 8 bytes at byte -1, found 8 bytes in all",
            })
    void entriesThatDoNotFit(int shard, long offset, long size, String message) throws IOException {
        Files.write(data, new byte[8]);
        byte[] entry = TestBundle.entry(1, new int[] {2, 1}, shard, offset, size, 0);
        TestBundle.index(prefix, new TreeMap<>(Map.of("", TestBundle.header(1, 0, 0), "a", entry)), 1, 0);
        refused(message);
    }

    @Test
    void shapesOfNoTensor() throws IOException {
        Files.write(data, new byte[8]);
        for (int[] shape : List.of(new int[] {-1, -2}, new int[] {1 << 30, 1 << 30, 1 << 30}, new int[] {0, -1})) {
            byte[] entry = TestBundle.entry(1, shape, 0, 0, 0, 0);
            TestBundle.index(prefix, new TreeMap<>(Map.of("", TestBundle.header(1, 0, 0), "a", entry)), 1, 0);
            refused("tensor \"a\" has 0 bytes, expected those of the shape " + Arrays.toString(shape));
        }
    }

    @Test
    void malformedMessagesAndBlocks() throws IOException {
        byte[] header = TestBundle.header(1, 0, 0);
        Files.write(data, new byte[8]);
        for (byte[] entry : List.of(
                new byte[] {0x0a, 5}, new byte[] {0x08}, new byte[] {0x0b}, new byte[] {0x35, 1}, new byte[] {0x09, 1
                })) {
            TestBundle.index(prefix, new TreeMap<>(Map.of("", header, "a", entry)), 2, 0);
            refused(index + ": tensor \"a\": malformed: ");
        }
        for (byte[] block : List.of(new byte[3], new byte[] {1, 0, 0, 0}, new byte[] {-1, -1, -1, -1})) {
            TestBundle.indexOf(prefix, block);
            refused("malformed: expected its restart points at its end, found no room for them");
        }
        TestBundle.indexOf(prefix, new byte[] {1, 0, 0, 0, 0, 0, 0});
        refused("malformed: a key shares 1 bytes with one of 0");
        TestBundle.indexOf(prefix, new byte[] {0, 9, 0, 0, 0, 0, 0});
        refused("malformed: expected 9 more bytes after the first 3, found 0");
    }

    /** A key has most of its bytes from the one before it, so that these 4 MB would name 16 GB. */
    @Test
    void namesThatFillTheMemory() throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        int length = 1 << 14;
        for (int i = 0; i < 1 << 20; i++) {
            TestBundle.varint(block, i == 0 ? 0 : length);
            TestBundle.varint(block, i == 0 ? length : 1);
            TestBundle.varint(block, 0);
            block.writeBytes(new byte[i == 0 ? length : 1]);
        }
        block.writeBytes(new byte[4]);
        TestBundle.indexOf(prefix, block.toByteArray());
        refused("malformed: the names of its tensors have more than 67108864 bytes");
    }

    /** As many times as a small file asks for. */
    @Test
    void aBlockIsReadOnce() throws IOException {
        TestBundle.indexOf(prefix, TestBundle.contents(Map.of("", TestBundle.header(1, 0, 0))), 1000);
        refused(index + ", the index of its blocks: malformed: its blocks overlap: they are longer than the file, ");
    }
}
