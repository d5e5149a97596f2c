package org.jelectra.text.shards;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The first 128 bytes of a shard, little-endian: the characters {@code jelectra}, then 32-bit integers version, bytes per id,
 * sequence length, part (0 training, 1 held-out), number of the shard, number of sequences; 32 bytes SHA-256 of the vocabulary;
 * 64-bit integers tokens, segments; zeros; the CRC-32C of the rows; and at offset 124 the CRC-32C of the 124 bytes before.
 *
 * @param bytesPerId 2 or 4
 * @param sequenceLength ids of a row
 * @param part what the shard belongs to
 * @param number place of the shard among those of its part, from 0
 * @param sequences number of rows
 * @param vocabularyHash SHA-256 of the vocabulary, in hexadecimal
 * @param tokens tokens of the text in it, without special ones
 * @param segments segments in it
 * @param checksum CRC-32C of the rows
 */
public record ShardHeader(
        int bytesPerId,
        int sequenceLength,
        Part part,
        int number,
        int sequences,
        String vocabularyHash,
        long tokens,
        long segments,
        int checksum) {

    /** Size of the header in bytes. */
    public static final int BYTES = 128;
    /** Version of the format that is written, and the only one that is read. */
    public static final int VERSION = 1;

    private static final byte[] MAGIC = "jelectra".getBytes(StandardCharsets.US_ASCII);
    private static final int VOCABULARY_OFFSET = 32;
    private static final int TOKENS_OFFSET = 64;
    private static final int CHECKSUM_OFFSET = 120;
    private static final int OWN_CHECKSUM_OFFSET = 124;

    /** Size of the whole file in bytes. */
    public long fileBytes() {
        return BYTES + (long) sequences * sequenceLength * bytesPerId;
    }

    /** The 128 bytes. */
    ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(MAGIC).putInt(VERSION).putInt(bytesPerId).putInt(sequenceLength);
        bytes.putInt(part.ordinal()).putInt(number).putInt(sequences);
        bytes.put(VOCABULARY_OFFSET, HexFormat.of().parseHex(vocabularyHash));
        bytes.putLong(TOKENS_OFFSET, tokens).putLong(TOKENS_OFFSET + 8, segments);
        bytes.putInt(CHECKSUM_OFFSET, checksum);
        bytes.putInt(OWN_CHECKSUM_OFFSET, ownChecksum(bytes));
        return bytes.position(0);
    }

    /**
     * Reads a header.
     *
     * @param bytes at least the 128 bytes, from position 0
     * @param file what to call the shard in an error message
     * @throws IOException if this is no shard, one of another version, or damaged
     */
    static ShardHeader decode(ByteBuffer bytes, String file) throws IOException {
        ByteBuffer header = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        if (header.limit() < BYTES) {
            throw new IOException(
                    file + ": truncated: a shard begins with " + BYTES + " bytes of header, found " + header.limit());
        }
        byte[] magic = new byte[MAGIC.length];
        header.get(0, magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new IOException(file + ": not a shard, or one that was never completed: it should begin with '"
                    + new String(MAGIC, StandardCharsets.US_ASCII) + "'");
        }
        int version = header.getInt(8);
        if (version != VERSION) {
            throw new IOException(file + ": a shard of version " + version + ", but this jelectra reads version "
                    + VERSION + "; prepare the text again");
        }
        int found = header.getInt(OWN_CHECKSUM_OFFSET);
        if (found != ownChecksum(header)) {
            throw new IOException(
                    file + ": damaged header: its checksum does not match; restore the file, or prepare again");
        }
        byte[] hash = new byte[32];
        header.get(VOCABULARY_OFFSET, hash);
        int part = header.getInt(20);
        if (part < 0 || part >= Part.values().length) {
            throw new IOException(file + ": expected part 0 or 1, found " + part);
        }
        ShardHeader result = new ShardHeader(
                header.getInt(12),
                header.getInt(16),
                Part.values()[part],
                header.getInt(24),
                header.getInt(28),
                HexFormat.of().formatHex(hash),
                header.getLong(TOKENS_OFFSET),
                header.getLong(TOKENS_OFFSET + 8),
                header.getInt(CHECKSUM_OFFSET));
        result.check(file);
        return result;
    }

    /**
     * Reads the header of a shard's file.
     *
     * @throws IOException if this is no shard, one of another version, damaged, or of another size than its header says
     */
    public static ShardHeader read(Path file) throws IOException {
        return MappedShard.open(file).header();
    }

    private void check(String file) throws IOException {
        boolean valid = (bytesPerId == 2 || bytesPerId == 4)
                && sequenceLength >= 5
                && sequenceLength <= ShardManifest.LONGEST_SEQUENCE
                && number >= 0
                && sequences >= 1
                && fileBytes() <= Integer.MAX_VALUE;
        if (!valid) {
            throw new IOException(file + ": impossible sizes in the header: " + sequences + " sequences of "
                    + sequenceLength + " ids of " + bytesPerId + " bytes");
        }
    }

    private static int ownChecksum(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().position(0).limit(OWN_CHECKSUM_OFFSET));
        return (int) crc.getValue();
    }
}
