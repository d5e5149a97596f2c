package org.jelectra.io;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes a snapshot: one JSON object and named sections of bytes under one checksum, so that {@link SnapshotReader} recognises
 * a file that is torn or changed. Sections are written in pieces of a megabyte and never held as a whole.
 */
public final class SnapshotWriter {

    /** Bytes of a section. */
    @FunctionalInterface
    public interface Filler {
        /** Fills {@code chunk} (little-endian) to its limit with the section's bytes from {@code position} on. */
        void fill(long position, ByteBuffer chunk);
    }

    /**
     * A part of a snapshot.
     *
     * @param name unique within the file
     * @param bytes its size
     * @param filler its bytes, asked for once and in order
     */
    public record Section(String name, long bytes, Filler filler) {}

    private final WritableByteChannel channel;
    private final CRC32C checksum = new CRC32C();

    private SnapshotWriter(WritableByteChannel channel) {
        this.channel = channel;
    }

    /**
     * Writes a file atomically ({@link AtomicFile}).
     *
     * @throws IOException if it cannot be written; a former file of that name is then unchanged
     */
    public static void write(Path file, JsonObject content, List<Section> sections) throws IOException {
        AtomicFile.write(file, channel -> write(channel, content, sections));
    }

    /** Writes a snapshot to a channel, from where it stands. */
    public static void write(WritableByteChannel channel, JsonObject content, List<Section> sections)
            throws IOException {
        SnapshotWriter writer = new SnapshotWriter(channel);
        byte[] header = header(content, sections);
        ByteBuffer prefix = buffer(SnapshotFormat.PREFIX_BYTES);
        prefix.put(SnapshotFormat.MAGIC)
                .putInt(SnapshotFormat.VERSION)
                .putInt(header.length)
                .flip();
        writer.put(prefix);
        writer.put(ByteBuffer.wrap(header));
        ByteBuffer chunk = buffer(SnapshotFormat.CHUNK_BYTES);
        for (Section section : sections) {
            for (long at = 0; at < section.bytes(); at += SnapshotFormat.CHUNK_BYTES) {
                chunk.clear().limit((int) Math.min(SnapshotFormat.CHUNK_BYTES, section.bytes() - at));
                section.filler().fill(at, chunk);
                chunk.position(0);
                writer.put(chunk);
            }
        }
        ByteBuffer end = buffer(SnapshotFormat.CHECKSUM_BYTES);
        end.putInt((int) writer.checksum.getValue()).flip();
        writer.put(end);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] header(JsonObject content, List<Section> sections) {
        JsonArray list = new JsonArray();
        for (Section section : sections) {
            JsonObject entry = new JsonObject();
            entry.addProperty(SnapshotFormat.NAME, section.name());
            entry.addProperty(SnapshotFormat.BYTES, section.bytes());
            list.add(entry);
        }
        JsonObject header = new JsonObject();
        header.add(SnapshotFormat.SECTIONS, list);
        header.add(SnapshotFormat.CONTENT, content);
        return header.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void put(ByteBuffer bytes) throws IOException {
        checksum.update(bytes.duplicate());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
