package org.jelectra.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.jelectra.Mutations;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two files with tensors {@code a} and {@code c}, and {@code b}, of 6 numbers, and what can be wrong with their index. */
@Tag("every-jdk")
class ShardedTensorFileTest {

    private static final String ONE = "model-00001-of-00002.safetensors";
    private static final String TWO = "model-00002-of-00002.safetensors";
    private static final String MAP = "{\"a\": \"" + ONE + "\", \"b\": \"" + TWO + "\", \"c\": \"" + ONE + "\"}";

    @TempDir
    Path folder;

    private Path index;

    @BeforeEach
    void files() throws IOException {
        index = folder.resolve("model.safetensors.index.json");
        TestTensor.write(folder.resolve(ONE), List.of(tensor("a", 1, 2), tensor("c", 3)));
        TestTensor.write(folder.resolve(TWO), List.of(tensor("b", 4, 5, 6)));
        index(MAP, "{\"total_size\": 24}");
    }

    private static TestTensor tensor(String name, float... values) {
        return new TestTensor(name, new int[] {values.length, 1}, values);
    }

    private void index(String map, String metadata) throws IOException {
        Files.writeString(index, "{\"metadata\": " + metadata + ", \"weight_map\": " + map + "}");
    }

    private void refused(String message) {
        assertThatThrownBy(() -> ShardedTensorFile.open(index, SafetensorsReader::open))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(index + ": ")
                .hasMessageContaining(message)
                .hasMessageMatching("[^\\n]+");
    }

    @Test
    void tensorsAreReadFromTheirFiles() throws IOException {
        try (ShardedTensorFile file = ShardedTensorFile.open(index, SafetensorsReader::open)) {
            assertThat(file.names()).containsExactly("a", "b", "c");
            assertThat(file.contains("b")).isTrue();
            assertThat(file.contains("d")).isFalse();
            assertThat(file.shape("b")).containsExactly(3, 1);
            assertThat(file.dtype("c")).isEqualTo("F32");
            assertThat(file.floats("a")).containsExactly(1, 2);
            assertThat(file.floats("b")).containsExactly(4, 5, 6);
            assertThat(file.floats("c")).containsExactly(3);
            assertThat(file.sharedBytes()).isZero();
            assertThatThrownBy(() -> file.floats("d"))
                    .isInstanceOf(NoSuchElementException.class)
                    .hasMessage(index + ": no tensor \"d\" among the 3 of this index");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{}",
                "{\"total_size\": null}",
                "{\"total_size\": 24.0}",
                "{\"total_size\": 24, \"total_parameters\": 6}"
            })
    void theSizeMayBeMissing(String metadata) throws IOException {
        index(MAP, metadata);
        ShardedTensorFile.open(index, SafetensorsReader::open).close();
        Files.writeString(index, "{\"weight_map\": " + MAP + "}");
        ShardedTensorFile.open(index, SafetensorsReader::open).close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            []                      | "metadata" must be an object, got []
            {"total_size": "24"}    | total_size must be a number of bytes, got "24"
            {"total_size": 24.5}    | total_size must be a number of bytes, got 24.5
            {"total_size": 1e99}    | total_size must be a number of bytes, got 1e99
            {"total_size": 20}      | total_size must be the bytes of all tensors, 24, got 20
            """)
    void anotherSizeIsRefused(String metadata, String message) throws IOException {
        index(MAP, metadata);
        refused(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"weight_map": {}       | not valid JSON: End of input
            []                      | expected a JSON object, found an array
            {}                      | "weight_map" must be an object, got null
            {"weight_map": 3}       | "weight_map" must be an object, got 3
            {"weight_map": {"a":1}} | the file of tensor "a" must be a name, got 1
            """)
    void malformedIndexes(String text, String message) throws IOException {
        Files.writeString(index, text);
        refused(message);
    }

    /** Each of these would be a whole file of the right tensors. */
    @ParameterizedTest
    @ValueSource(
            strings = {"../FILE", "./FILE", "sub/FILE", "sub\\\\FILE", "/FILE", "C:FILE", "..", ".", "", "FILE\\u0000"})
    void filesElsewhereAreNotRead(String name) throws IOException {
        Path inner = Files.createDirectories(folder.resolve("inner/sub"));
        for (Path target : List.of(folder.resolve("inner"), inner)) {
            Files.copy(folder.resolve(ONE), target.resolve(ONE));
        }
        index = folder.resolve("inner/model.safetensors.index.json");
        String given = "\"" + name.replace("FILE", ONE) + "\"";
        index("{\"a\": " + given + ", \"c\": " + given + "}", "{}");
        refused("the file of tensor \"a\" must be a name without a folder, in the index's own, got " + given);
    }

    @Test
    void missingFilesAreNamed() throws IOException {
        Files.delete(folder.resolve(TWO));
        refused("expected 2 files beside it, this one is missing: " + TWO);
        Files.createDirectory(folder.resolve(TWO));
        refused("expected 2 files beside it, but this is none: " + TWO);
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        Files.write(folder.resolve(TWO), new byte[5]);
        assertThatThrownBy(() -> ShardedTensorFile.open(index, SafetensorsReader::open))
                .isInstanceOf(IOException.class)
                .hasMessage(folder.resolve(TWO) + ": not a safetensors file: expected at least 8 bytes, found 5");
    }

    @Test
    void everyTensorIsInItsFileAndNoOther() throws IOException {
        index(MAP.replace("\"c\"", "\"d\""), "{}");
        refused("expected tensor \"d\" in " + ONE + ", which lacks it");
        index(MAP.replace("\"c\": \"" + ONE, "\"c\": \"" + TWO), "{}");
        refused("expected tensor \"c\" in " + TWO + ", which lacks it");
        index(MAP.replace(", \"c\": \"" + ONE + "\"", ""), "{}");
        refused("expected every tensor of its files, found no \"c\", which is in " + ONE);
        index(MAP, "{}");
        TestTensor.write(folder.resolve(TWO), List.of(tensor("b", 4, 5, 6), tensor("c", 3)));
        refused("expected tensor \"c\" in " + ONE + " alone, found it in " + TWO + " too");
    }

    /** Whatever is wrong, no file stays open. */
    @Test
    void failuresCloseTheFiles() throws IOException {
        index(MAP, "{\"total_size\": 1}");
        List<Path> closed = new ArrayList<>();
        assertThatThrownBy(() -> ShardedTensorFile.open(index, path -> new Closing(path, closed)))
                .isInstanceOf(IOException.class);
        assertThat(closed).containsExactly(folder.resolve(ONE), folder.resolve(TWO));
    }

    private record Closing(Path path, SafetensorsReader file, List<Path> closed) implements TensorFile {

        Closing(Path path, List<Path> closed) throws IOException {
            this(path, SafetensorsReader.open(path), closed);
        }

        @Override
        public List<String> names() {
            return file.names();
        }

        @Override
        public boolean contains(String name) {
            return file.contains(name);
        }

        @Override
        public long[] shape(String name) {
            return file.shape(name);
        }

        @Override
        public String dtype(String name) {
            return file.dtype(name);
        }

        @Override
        public float[] floats(String name) throws IOException {
            return file.floats(name);
        }

        @Override
        public long sharedBytes() {
            return file.sharedBytes();
        }

        @Override
        public void close() throws IOException {
            closed.add(path);
            file.close();
        }
    }

    @Test
    void damagedIndexes() throws IOException {
        int refused = Mutations.run(Files.readAllBytes(index), 34, 16 << 20, bytes -> {
            Mutations.replace(index, bytes);
            ShardedTensorFile.open(index, SafetensorsReader::open).close();
        });
        assertThat(refused).isGreaterThan(Mutations.COUNT / 2);
    }
}
