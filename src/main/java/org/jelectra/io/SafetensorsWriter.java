package org.jelectra.io;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes float32 tensors as a safetensors file, atomically and without a second copy of the values in memory. */
public final class SafetensorsWriter {

    private static final int CHUNK_FLOATS = 1 << 18;

    /**
     * One tensor to write: {@code product(shape)} values of {@code data} from {@code offset} on, row-major. The array is
     * read while writing and not kept.
     */
    public record Entry(String name, int[] shape, float[] data, int offset) {

        /** Checks that the data holds the whole tensor. */
        public Entry {
            if (name.equals("__metadata__")) {
                throw new IllegalArgumentException("a tensor cannot have the reserved name __metadata__");
            }
            long count = 1;
            for (int size : shape) {
                if (size < 0) {
                    throw new IllegalArgumentException(
                            "tensor \"" + name + "\": negative size in " + Arrays.toString(shape));
                }
                count = Math.multiplyExact(count, (long) size);
            }
            if (offset < 0 || count > data.length - offset) {
                throw new IllegalArgumentException("tensor \"" + name + "\": shape " + Arrays.toString(shape)
                        + " takes " + count + " values from " + offset + " on, but the array has " + data.length);
            }
        }

        int count() {
            int count = 1;
            for (int size : shape) {
                count *= size;
            }
            return count;
        }
    }

    /** Fetches a tensor's values when it is their turn to be written. */
    @FunctionalInterface
    public interface Values {
        /** All values, row-major. */
        float[] read() throws IOException;
    }

    /** One tensor whose values are not in memory yet. */
    public record Source(String name, int[] shape, Values values) {}

    private SafetensorsWriter() {}

    /**
     * Writes tensors one after another, so that no more than one is in memory, with the metadata {@code {"format": "pt"}}.
     *
     * @throws IOException if the file cannot be written, or a tensor cannot be read; an existing file is then unchanged
     */
    public static void stream(Path file, List<Source> sources) throws IOException {
        write(file, header(sources, Map.of("format", "pt")), (buffer, channel) -> {
            for (Source source : sources) {
                float[] values = source.values().read();
                writeValues(new Entry(source.name(), source.shape(), values, 0), buffer, channel);
            }
        });
    }

    /**
     * Writes the entries in their order, with the metadata {@code {"format": "pt"}} that other readers of the format ask
     * for.
     *
     * @throws IOException if the file cannot be written; an existing file is then unchanged
     */
    public static void write(Path file, List<Entry> entries) throws IOException {
        write(file, entries, Map.of("format", "pt"));
    }

    /** As {@link #write(Path, List)} with the given metadata, none if empty. */
    public static void write(Path file, List<Entry> entries, Map<String, String> metadata) throws IOException {
        List<Source> sources = entries.stream()
                .map(entry -> new Source(entry.name(), entry.shape(), entry::data))
                .toList();
        write(file, header(sources, metadata), (buffer, channel) -> {
            for (Entry entry : entries) {
                writeValues(entry, buffer, channel);
            }
        });
    }

    private interface Data {
        void writeTo(ByteBuffer buffer, FileChannel channel) throws IOException;
    }

    private static void write(Path file, byte[] header, Data data) throws IOException {
        AtomicFile.write(file, channel -> {
            ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_FLOATS * 4).order(ByteOrder.LITTLE_ENDIAN);
            buffer.putLong(header.length);
            drain(buffer, channel);
            ByteBuffer headerBuffer = ByteBuffer.wrap(header);
            while (headerBuffer.hasRemaining()) {
                channel.write(headerBuffer);
            }
            data.writeTo(buffer, channel);
        });
    }

    private static void writeValues(Entry entry, ByteBuffer buffer, FileChannel channel) throws IOException {
        int count = entry.count();
        for (int from = 0, length; from < count; from += length) {
            // from + CHUNK_FLOATS may exceed an int
            length = Math.min(CHUNK_FLOATS, count - from);
            buffer.asFloatBuffer().put(entry.data(), entry.offset() + from, length);
            buffer.position(length * 4);
            drain(buffer, channel);
        }
    }

    private static void drain(ByteBuffer buffer, FileChannel channel) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    private static byte[] header(List<Source> entries, Map<String, String> metadata) {
        JsonObject root = new JsonObject();
        if (!metadata.isEmpty()) {
            JsonObject values = new JsonObject();
            metadata.forEach(values::addProperty);
            root.add("__metadata__", values);
        }
        long position = 0;
        for (Source entry : entries) {
            if (root.has(entry.name())) {
                throw new IllegalArgumentException("tensor \"" + entry.name() + "\" is given twice");
            }
            JsonArray shape = new JsonArray();
            for (int size : entry.shape()) {
                shape.add(size);
            }
            long count = 1;
            JsonArray offsets = new JsonArray();
            offsets.add(position);
            for (int size : entry.shape()) {
                count *= size;
            }
            position += 4 * count;
            offsets.add(position);
            JsonObject tensor = new JsonObject();
            tensor.addProperty("dtype", "F32");
            tensor.add("shape", shape);
            tensor.add("data_offsets", offsets);
            root.add(entry.name(), tensor);
        }
        byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
        // Padded so that the values start at a multiple of 8 and can be mapped as they are.
        byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return padded;
    }
}
