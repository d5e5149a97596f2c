package org.jelectra.io.tensorflow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jelectra.io.MaskedChecksum;

/**
 * A table of LevelDB's format: blocks of keys and values in the order of the keys, a block with the place of each block, and a footer
 * with the place of that. A key is stored as what differs from the one before it. Every block has a type and a checksum behind it.
 */
final class SortedTable {

    private static final long MAGIC = 0xdb4775248b80fb57L;
    private static final int FOOTER_BYTES = 48;
    private static final int TRAILER_BYTES = 5;
    private static final int PLAIN = 0;
    private static final int SNAPPY = 1;
    /** Some 100 bytes a tensor: a file beyond this is none of a checkpoint. */
    private static final long MAX_BYTES = 1L << 28;
    /** Of all keys: as a key may have most of its bytes from the one before it, a small file could name gigabytes. */
    private static final long MAX_KEY_BYTES = 1L << 26;

    private final Path file;
    private final byte[] bytes;
    private long blockBytes;
    private long keyBytes;

    private SortedTable(Path file, byte[] bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /**
     * All entries of a file, by key.
     *
     * @throws IOException if the file cannot be read, is no such table or damaged, or has compressed blocks
     */
    static Map<String, byte[]> read(Path file) throws IOException {
        long size = Files.size(file);
        if (size < FOOTER_BYTES || size > MAX_BYTES) {
            throw new IOException(file + ": not the index of a checkpoint: expected between " + FOOTER_BYTES + " and "
                    + MAX_BYTES + " bytes, found " + size);
        }
        SortedTable table = new SortedTable(file, Files.readAllBytes(file));
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (byte[] handle : table.entries(table.indexBlock()).values()) {
            entries.putAll(table.entries(table.block(new ByteCursor(handle, file + ", the index of its blocks"))));
        }
        return entries;
    }

    private byte[] indexBlock() throws IOException {
        byte[] footer = Arrays.copyOfRange(bytes, bytes.length - FOOTER_BYTES, bytes.length);
        long magic = ByteBuffer.wrap(footer).order(ByteOrder.LITTLE_ENDIAN).getLong(FOOTER_BYTES - Long.BYTES);
        if (magic != MAGIC) {
            throw new IOException(file + ": not the index of a checkpoint, or truncated: expected it to end with "
                    + Long.toHexString(MAGIC) + ", found " + Long.toHexString(magic));
        }
        ByteCursor cursor = new ByteCursor(footer, file + ", footer");
        // the place of a block of further properties, which TensorFlow leaves empty
        cursor.varint();
        cursor.varint();
        return block(cursor);
    }

    /** The contents of the block whose place comes next. */
    private byte[] block(ByteCursor handle) throws IOException {
        long offset = handle.varint();
        long size = handle.varint();
        long most = bytes.length - FOOTER_BYTES - TRAILER_BYTES;
        if (offset < 0 || offset > most || size < 0 || size > most - offset) {
            throw handle.malformed("a block of " + Long.toUnsignedString(size) + " bytes at byte "
                    + Long.toUnsignedString(offset) + " lies beyond the file's end, " + bytes.length
                    + " (truncated?)");
        }
        blockBytes += size + TRAILER_BYTES;
        if (blockBytes > bytes.length) {
            throw handle.malformed("its blocks overlap: they are longer than the file, " + bytes.length + " bytes");
        }
        int begin = (int) offset;
        int end = begin + (int) size;
        int expected = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(end + 1);
        int found = MaskedChecksum.of(bytes, begin, (int) size + 1);
        if (found != expected) {
            throw new IOException(file + ": damaged: expected checksum " + Integer.toHexString(expected)
                    + " of the block at byte " + begin + ", found " + Integer.toHexString(found));
        }
        if (bytes[end] != PLAIN) {
            throw new IOException(file + ": expected blocks without compression, as TensorFlow writes them, found "
                    + (bytes[end] == SNAPPY ? "snappy" : "type " + bytes[end]) + " at byte " + begin);
        }
        return Arrays.copyOfRange(bytes, begin, end);
    }

    private Map<String, byte[]> entries(byte[] block) throws IOException {
        String where = file + ", a block of " + block.length + " bytes";
        // behind the entries: where keys are stored whole, 4 bytes each, and how many these are; only a search needs
        // them
        long restarts = block.length < Integer.BYTES
                ? Long.MAX_VALUE
                : Integer.toUnsignedLong(
                        ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).getInt(block.length - Integer.BYTES));
        if (restarts > block.length / Integer.BYTES - 1) {
            throw new IOException(
                    where + ": malformed: expected its restart points at its end, found no room for them");
        }
        int end = block.length - Integer.BYTES * ((int) restarts + 1);
        ByteCursor cursor = new ByteCursor(Arrays.copyOf(block, end), where);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        byte[] key = {};
        while (cursor.hasMore()) {
            long shared = cursor.varint();
            long own = cursor.varint();
            long value = cursor.varint();
            if (shared < 0 || shared > key.length) {
                throw cursor.malformed(
                        "a key shares " + Long.toUnsignedString(shared) + " bytes with one of " + key.length);
            }
            byte[] rest = cursor.bytes(own);
            keyBytes += shared + rest.length;
            if (keyBytes > MAX_KEY_BYTES) {
                throw cursor.malformed("the names of its tensors have more than " + MAX_KEY_BYTES + " bytes");
            }
            key = Arrays.copyOf(key, (int) shared + rest.length);
            System.arraycopy(rest, 0, key, (int) shared, rest.length);
            entries.put(new String(key, StandardCharsets.UTF_8), cursor.bytes(value));
        }
        return entries;
    }
}
