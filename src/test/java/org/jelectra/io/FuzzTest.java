package org.jelectra.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jelectra.Mutations;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged safetensors files and JSON are refused with a message or read; nothing else happens. */
@Tag("every-jdk")
class FuzzTest {

    private static final long MOST_BYTES = 16 << 20;

    @TempDir
    Path folder;

    @Test
    void safetensors() throws IOException {
        Path file = folder.resolve("model.safetensors");
        TestTensor.write(
                file,
                List.of(
                        new TestTensor("weight", new int[] {4, 5}, new float[20]),
                        new TestTensor("scalar", new int[0], 0),
                        new TestTensor("empty", new int[] {0, 4})));
        byte[] whole = Files.readAllBytes(file);
        int header = 8 + (whole[0] & 0xFF) + 256 * (whole[1] & 0xFF);
        byte[] values = Arrays.copyOfRange(whole, header, whole.length);
        int refused = Mutations.run(Arrays.copyOf(whole, header), 5, MOST_BYTES, bytes -> {
            byte[] damaged = Arrays.copyOf(bytes, bytes.length + values.length);
            System.arraycopy(values, 0, damaged, bytes.length, values.length);
            Mutations.replace(file, damaged);
            try (SafetensorsReader reader = SafetensorsReader.open(file)) {
                for (String name : reader.names()) {
                    if (reader.dtype(name).startsWith("F")) {
                        reader.floats(name);
                    }
                }
            }
        });
        assertThat(refused).isGreaterThan(Mutations.COUNT / 2);
    }

    /** The length of the header stays right, so that the JSON is what is tested. */
    @Test
    void safetensorsJson() throws IOException {
        String json = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                + "\"b\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[24,32]},\"__metadata__\":{\"k\":\"v\"}}";
        int refused = Mutations.run(json.getBytes(StandardCharsets.UTF_8), 6, MOST_BYTES, bytes -> {
            SafetensorsHeader header = SafetensorsHeader.parse(new String(bytes, StandardCharsets.UTF_8), 32, "file");
            assertThat(header.tensors()).isNotNull();
        });
        assertThat(refused).isGreaterThan(Mutations.COUNT / 2);
    }

    @Test
    void json() throws IOException {
        String json = "{\"name\": \"ü\\n\", \"list\": [1, 2.5e3, -0, true, null], \"object\": {\"a\": {\"b\": []}}}";
        Path file = folder.resolve("a.json");
        int refused = Mutations.run(json.getBytes(StandardCharsets.UTF_8), 7, MOST_BYTES, bytes -> {
            Mutations.replace(file, bytes);
            assertThat(Json.read(file)).isNotNull();
        });
        assertThat(refused).isGreaterThan(Mutations.COUNT / 4);
    }

    @Test
    void deepNestingIsRefused() {
        for (String open : new String[] {"[", "{\"a\":"}) {
            String text = "{\"x\":" + open.repeat(1_000_000);
            assertThatThrownBy(() -> Json.parse(text, "file"))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("file: not valid JSON: ");
        }
    }
}
