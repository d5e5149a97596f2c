package org.jelectra.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.jelectra.Golden;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
class SafetensorsTest {

    @TempDir
    Path folder;

    @Test
    void roundTrip() throws IOException {
        float[] data = new float[700_000];
        for (int i = 0; i < data.length; i++) {
            data[i] = i * 0.25f - 7;
        }
        data[3] = Float.NaN;
        data[4] = -0f;
        Path file = folder.resolve("new").resolve("model.safetensors");
        TestTensor.write(
                file,
                List.of(
                        new TestTensor("z.last", new int[] {2, 3}, Arrays.copyOfRange(data, 2, 8)),
                        new TestTensor("scalar", new int[0], data[9]),
                        new TestTensor("empty", new int[] {0, 4}),
                        new TestTensor("a \"quoted\" ü", new int[] {700_000}, data)));
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThat(reader.names()).containsExactly("z.last", "scalar", "empty", "a \"quoted\" ü");
            assertThat(reader.metadata()).containsEntry("format", "pt").hasSize(1);
            assertThat(reader.shape("z.last")).containsExactly(2, 3);
            assertThat(reader.shape("scalar")).isEmpty();
            assertThat(reader.dtype("scalar")).isEqualTo("F32");
            assertThat(reader.floats("z.last")).containsExactly(data[2], data[3], data[4], data[5], data[6], data[7]);
            assertThat(reader.floats("scalar")).containsExactly(data[9]);
            assertThat(reader.floats("empty")).isEmpty();
            assertThat(reader.floats("a \"quoted\" ü")).isEqualTo(data);
            assertThat(reader.contains("nothing")).isFalse();
            assertThatThrownBy(() -> reader.floats("nothing"))
                    .isInstanceOf(NoSuchElementException.class)
                    .hasMessageContaining("no tensor \"nothing\" among the 4");
        }
        byte[] bytes = Files.readAllBytes(file);
        int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
        assertThat(length % 8).as("header length").isZero();
        String header = new String(bytes, 8, length, StandardCharsets.UTF_8);
        assertThat(header.length() - header.stripTrailing().length()).isLessThan(8);
        try (var files = Files.list(file.getParent())) {
            assertThat(files).as("no temporary file stays").containsExactly(file);
        }
    }

    /** Headers name tensors in any order and may say more of them; halves of every kind, of which none of ours has any. */
    @Test
    void readsWhatOthersWrite() throws IOException {
        byte[] header = ("{\"h\": {\"dtype\": \"F16\", \"shape\": [7], \"data_offsets\": [12, 26]},"
                        + " \"d\": {\"dtype\": \"F64\", \"shape\": [1], \"data_offsets\": [4, 12]},"
                        + " \"f\": {\"dtype\": \"BF16\", \"more\": {\"dtype\": [1]}, \"shape\": [2], \"data_offsets\": [0, 4]}}")
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + 26).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header);
        bytes.putShort((short) 0x3f80).putShort((short) 0xc000).putDouble(-0.375);
        for (int half : new int[] {0x8000, 0x8001, 0x0200, 0xc000, 0x7bff, 0x7c00, 0xfc00}) {
            bytes.putShort((short) half);
        }
        try (SafetensorsReader reader =
                SafetensorsReader.open(Files.write(folder.resolve("others.safetensors"), bytes.array()))) {
            assertThat(reader.floats("f")).containsExactly(1, -2);
            assertThat(reader.floats("d")).containsExactly(-0.375f);
            assertThat(reader.floats("h"))
                    .containsExactly(
                            -0f, -0x1p-24f, 0x1p-15f, -2, 65504, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
        }
    }

    @Test
    void failedWriteKeepsTheOldFile() throws IOException {
        Path file = folder.resolve("kept");
        Files.writeString(file, "old");
        assertThatThrownBy(() -> AtomicFile.write(file, channel -> {
                    throw new IOException("disk full");
                }))
                .hasMessage(file + ": disk full");
        assertThat(file).hasContent("old");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void tensorsAreChecked() {
        TestTensor tensor = new TestTensor("w", new int[] {1}, 1);
        refused("\"w\": shape [2, 3] takes 6 values, got 5", new TestTensor("w", new int[] {2, 3}, new float[5]));
        refused("\"w\": shape [2, 3] takes 6 values, got 7", new TestTensor("w", new int[] {2, 3}, new float[7]));
        refused("negative size in [-1]", new TestTensor("w", new int[] {-1}));
        refused("the reserved name __metadata__", tensor.named("__metadata__"));
        refused("\"w\" is given twice", tensor, tensor);
        assertThatThrownBy(() -> TestTensor.write(folder, List.of(tensor)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("found a directory");
    }

    private void refused(String message, TestTensor... tensors) {
        assertThatThrownBy(() -> TestTensor.write(folder.resolve("x"), List.of(tensors)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void readsGoldenFile() throws IOException {
        try (SafetensorsReader reader = Golden.safetensors("pretrain_a")) {
            assertThat(reader.dtype("input_ids")).isEqualTo("I64");
            assertThat(reader.shape("input_ids")).containsExactly(4, 24);
            assertThat(reader.longs("input_ids"))
                    .hasSize(96)
                    .startsWith(2)
                    .contains(3)
                    .doesNotContain(122, -1);
            double expected = Golden.json("pretrain_a").get("total_loss").getAsDouble();
            assertThat((double) reader.floats("total_loss")[0]).isCloseTo(expected, offset(1e-5 * Math.abs(expected)));
            assertThatThrownBy(() -> reader.floats("input_ids"))
                    .isInstanceOf(IOException.class)
                    .hasMessageEndingWith("tensor \"input_ids\" has dtype I64, expected F32, F64, F16 or BF16");
            assertThatThrownBy(() -> reader.longs("total_loss"))
                    .hasMessageEndingWith("has dtype F32, expected I64 or I32");
        }
    }
}
