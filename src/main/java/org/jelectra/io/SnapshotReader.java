package org.jelectra.io;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.zip.CRC32C;

/** Reads what {@link SnapshotWriter} wrote. The checksum of the whole file is verified on opening, before anything is used. */
public final class SnapshotReader implements AutoCloseable {

    /** Takes the bytes of a section. */
    @FunctionalInterface
    public interface Consumer {
        /** Takes the section's bytes from {@code position} on, as many as {@code chunk} (little-endian) has left. */
        void accept(long position, ByteBuffer chunk);
    }

    private record Range(long start, long bytes) {}

    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer chunk =
            ByteBuffer.allocate(SnapshotFormat.CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final Map<String, Range> sections = new LinkedHashMap<>();
    private final JsonObject content;

    private SnapshotReader(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        long size = channel.size();
        if (size < SnapshotFormat.PREFIX_BYTES + SnapshotFormat.CHECKSUM_BYTES
                || !SnapshotFormat.hasMagic(read(0, SnapshotFormat.PREFIX_BYTES))) {
            throw new DamagedSnapshotException(
                    file + ": expected a snapshot of jelectra, found something else (" + size + " bytes)");
        }
        verifyChecksum(size - SnapshotFormat.CHECKSUM_BYTES);
        ByteBuffer prefix = read(SnapshotFormat.MAGIC.length, 8);
        int version = prefix.getInt();
        if (version != SnapshotFormat.VERSION) {
            throw new IOException(file + ": expected a snapshot of format version " + SnapshotFormat.VERSION
                    + ", found version " + version + "; use the jelectra that wrote it");
        }
        int headerBytes = prefix.getInt();
        long data = SnapshotFormat.PREFIX_BYTES + (long) headerBytes;
        if (headerBytes < 0 || headerBytes > SnapshotFormat.MAX_HEADER_BYTES || data > size) {
            throw new IOException(file + ": a header of " + headerBytes + " bytes cannot be");
        }
        content = parse(headerBytes, data, size - SnapshotFormat.CHECKSUM_BYTES);
    }

    /**
     * Opens a snapshot and verifies it.
     *
     * @throws DamagedSnapshotException if it is not what was written
     * @throws IOException if it cannot be read, or is of another format version
     */
    public static SnapshotReader open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new SnapshotReader(file, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** The file, as it was opened. */
    public Path file() {
        return file;
    }

    /** The JSON object. */
    public JsonObject content() {
        return content;
    }

    /** Size of a section in bytes. */
    public long bytes(String section) {
        return range(section).bytes;
    }

    /** Reads a section in pieces, in order. */
    public void read(String section, Consumer consumer) throws IOException {
        Range range = range(section);
        for (long at = 0; at < range.bytes; at += SnapshotFormat.CHUNK_BYTES) {
            int length = (int) Math.min(SnapshotFormat.CHUNK_BYTES, range.bytes - at);
            consumer.accept(at, read(range.start + at, length));
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void verifyChecksum(long end) throws IOException {
        CRC32C checksum = new CRC32C();
        for (long at = 0; at < end; at += SnapshotFormat.CHUNK_BYTES) {
            checksum.update(read(at, (int) Math.min(SnapshotFormat.CHUNK_BYTES, end - at)));
        }
        int expected = read(end, SnapshotFormat.CHECKSUM_BYTES).getInt();
        if (expected != (int) checksum.getValue()) {
            throw new DamagedSnapshotException(String.format(
                    Locale.ROOT,
                    "%s: the snapshot is damaged (torn or changed): expected checksum %08x, found %08x",
                    file,
                    expected,
                    checksum.getValue()));
        }
    }

    private JsonObject parse(int headerBytes, long data, long end) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(headerBytes);
        readFully(bytes, SnapshotFormat.PREFIX_BYTES);
        JsonObject header =
                Json.parse(StandardCharsets.UTF_8.decode(bytes.flip()).toString(), file.toString());
        try {
            long start = data;
            for (JsonElement entry : header.getAsJsonArray(SnapshotFormat.SECTIONS)) {
                JsonObject section = entry.getAsJsonObject();
                long size = section.get(SnapshotFormat.BYTES).getAsLong();
                sections.put(section.get(SnapshotFormat.NAME).getAsString(), new Range(start, size));
                start = Math.addExact(start, size);
            }
            if (start != end) {
                throw new IOException(file + ": the sections end at byte " + start + ", the file at " + end);
            }
            return header.getAsJsonObject(SnapshotFormat.CONTENT);
        } catch (RuntimeException e) {
            throw new IOException(file + ": the snapshot's header is not understood: " + e.getMessage(), e);
        }
    }

    private Range range(String section) {
        Range range = sections.get(section);
        if (range == null) {
            throw new NoSuchElementException(file + ": no section \"" + section + "\", only " + sections.keySet());
        }
        return range;
    }

    private ByteBuffer read(long position, int length) throws IOException {
        chunk.clear().limit(length);
        readFully(chunk, position);
        return chunk.flip();
    }

    private void readFully(ByteBuffer target, long position) throws IOException {
        while (target.hasRemaining()) {
            int count;
            try {
                count = channel.read(target, position + target.position());
            } catch (IOException e) {
                String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
                throw new IOException(file + ": " + reason, e);
            }
            if (count < 0) {
                throw new IOException(file + ": the file became shorter while it was read");
            }
        }
    }
}
