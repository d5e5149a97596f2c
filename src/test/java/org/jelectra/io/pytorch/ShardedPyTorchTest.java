package org.jelectra.io.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.io.Json;
import org.jelectra.io.ShardedTensorFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two files of PyTorch with an index, one in each container. */
@Tag("every-jdk")
class ShardedPyTorchTest {

    private static final List<String> FILES = List.of("types-zip.bin", "views-legacy.bin");
    // the second file's views of 96 bytes are 6, besides the whole: 96, 96, 48, 48, 16 and 4 bytes
    private static final long SHARED = 308;
    private static final long BYTES = 187 + 108 + SHARED;

    @TempDir
    Path folder;

    private Path index(long totalSize) throws IOException {
        JsonObject metadata = new JsonObject();
        metadata.addProperty("total_size", totalSize);
        JsonObject map = new JsonObject();
        for (String name : FILES) {
            Path path = folder.resolve(name);
            Files.copy(TestFiles.path(name), path);
            try (PyTorchReader file = PyTorchReader.open(path)) {
                file.names().forEach(tensor -> map.addProperty(tensor, name));
            }
        }
        JsonObject json = new JsonObject();
        json.add("metadata", metadata);
        json.add("weight_map", map);
        Path index = folder.resolve("pytorch_model.bin.index.json");
        Json.write(index, json);
        return index;
    }

    /** Memory that tensors share is counted once, or by older programs for each. */
    @ParameterizedTest
    @ValueSource(longs = {BYTES, BYTES - SHARED})
    void tensorsAreReadFromTheirFiles(long totalSize) throws IOException {
        try (ShardedTensorFile sharded = ShardedTensorFile.open(index(totalSize), PyTorchReader::open)) {
            assertThat(sharded.sharedBytes()).isEqualTo(SHARED);
            for (String name : FILES) {
                try (PyTorchReader file = PyTorchReader.open(TestFiles.path(name))) {
                    assertThat(sharded.names()).containsAll(file.names());
                    for (String tensor : file.names()) {
                        assertThat(sharded.shape(tensor)).isEqualTo(file.shape(tensor));
                        assertThat(sharded.dtype(tensor)).isEqualTo(file.dtype(tensor));
                        if (file.dtype(tensor).contains("F")) {
                            assertThat(sharded.floats(tensor)).isEqualTo(file.floats(tensor));
                        }
                    }
                }
            }
        }
    }

    @Test
    void anotherSizeIsRefused() throws IOException {
        Path index = index(BYTES - 1);
        assertThatThrownBy(() -> ShardedTensorFile.open(index, PyTorchReader::open))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("total_size must be the bytes of all tensors, 603, got 602");
    }

    /** An index changes nothing about what a pickle may mention. */
    @Test
    void aProgramIsNotExecuted() throws IOException {
        Path index = index(BYTES);
        Files.delete(folder.resolve(FILES.get(0)));
        Files.copy(TestFiles.path("system-zip.bin"), folder.resolve(FILES.get(0)));
        assertThatThrownBy(() -> ShardedTensorFile.open(index, PyTorchReader::open))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(folder.resolve(FILES.get(0)) + ": ");
        assertThat(Path.of("executed-by-mistake")).doesNotExist();
    }
}
