package org.jelectra.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
class NpyWriterTest {

    @TempDir
    private Path directory;

    @Test
    void floatsOfManyRows() throws IOException {
        Path file = directory.resolve("x.npy");
        int rows = 9001; // more than the buffer holds, and no multiple of it
        AtomicFile.write(file, channel -> {
            NpyWriter writer = NpyWriter.floats(channel, 3);
            writer.write(new float[0]);
            for (int row = 0; row < rows - 1; row++) {
                writer.write(new float[] {row, -row, 0.5f});
            }
            writer.write(new float[] {Float.MIN_VALUE, Float.MAX_VALUE, -0f});
            writer.finish();
        });
        NpyReader array = NpyReader.read(file);
        assertThat(array.shape()).containsExactly(rows, 3);
        float[] values = array.floats();
        assertThat(values[3 * 8000]).isEqualTo(8000);
        assertThat(values[3 * 8000 + 1]).isEqualTo(-8000);
        assertThat(values).endsWith(Float.MIN_VALUE, Float.MAX_VALUE, -0f);
    }

    @Test
    void longs() throws IOException {
        Path file = directory.resolve("x.npy");
        AtomicFile.write(file, channel -> {
            NpyWriter writer = NpyWriter.longs(channel);
            writer.write(0);
            writer.write(Long.MIN_VALUE);
            for (int i = 2; i < 9001; i++) { // more than the buffer holds
                writer.write(i);
            }
            writer.finish();
        });
        NpyReader array = NpyReader.read(file);
        assertThat(array.shape()).containsExactly(9001);
        assertThat(array.longs()).startsWith(0, Long.MIN_VALUE, 2).endsWith(8999, 9000);
    }

    @Test
    void nothing() throws IOException {
        Path file = directory.resolve("x.npy");
        AtomicFile.write(file, channel -> NpyWriter.floats(channel, 7).finish());
        assertThat(NpyReader.read(file).shape()).containsExactly(0, 7);
    }

    @Test
    void whatDoesNotFitIsRefused() throws IOException {
        AtomicFile.write(directory.resolve("x.npy"), channel -> {
            NpyWriter writer = NpyWriter.floats(channel, 3);
            assertThatThrownBy(() -> writer.write(new float[4])).hasMessageContaining("rows of 3 numbers, got 4");
            assertThatThrownBy(() -> writer.write(4L)).hasMessageContaining("expected elements of type <f4");
            assertThatThrownBy(() -> NpyWriter.floats(channel, 0)).hasMessageContaining("must be positive, got 0");
        });
    }
}
