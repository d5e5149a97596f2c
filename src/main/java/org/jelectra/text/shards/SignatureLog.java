package org.jelectra.text.shards;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The signatures of all documents so far on disk, so that an interrupted preparation knows them again; 128 bytes each. */
final class SignatureLog implements AutoCloseable {

    static final String FILE_NAME = "signatures.tmp";

    private static final int ENTRY_BYTES = 2 * DocumentSignature.SIZE;
    private static final int BUFFER_ENTRIES = 1 << 12;

    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_ENTRIES * ENTRY_BYTES);

    /** Opens the log, cuts it after so many entries and puts those that are remembered into the index. */
    SignatureLog(Path directory, long entries, DuplicateIndex index) throws IOException {
        file = directory.resolve(FILE_NAME);
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw Writing.failure(file, e);
        }
        try {
            restore(entries, index);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void restore(long entries, DuplicateIndex index) throws IOException {
        if (channel.size() < entries * ENTRY_BYTES) {
            throw new IOException(file + ": truncated: expected " + entries + " entries; delete "
                    + file.toAbsolutePath().getParent() + " and prepare again");
        }
        channel.truncate(entries * ENTRY_BYTES);
        long at = Math.max(0, entries - DuplicateIndex.MOST_DOCUMENTS);
        index.skipTo(at);
        channel.position(at * ENTRY_BYTES);
        while (at < entries) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), (entries - at) * ENTRY_BYTES));
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // goes on where the last read ended
            }
            buffer.flip();
            for (; buffer.remaining() >= ENTRY_BYTES; at++) {
                short[] signature = new short[DocumentSignature.SIZE];
                for (int i = 0; i < signature.length; i++) {
                    signature[i] = buffer.getShort();
                }
                index.add(signature);
            }
        }
        buffer.clear();
    }

    void add(short[] signature) throws IOException {
        if (buffer.remaining() < ENTRY_BYTES) {
            flush();
        }
        for (short value : signature) {
            buffer.putShort(value);
        }
    }

    /** Brings everything to the disk. */
    void checkpoint() throws IOException {
        flush();
        Writing.force(channel, file);
    }

    private void flush() throws IOException {
        Writing.fully(channel, buffer.flip(), file);
        buffer.clear();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
