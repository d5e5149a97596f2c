package org.jelectra.text.shards;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** One shard, mapped into memory: the operating system reads what is used and forgets what it needs the memory for. */
final class MappedShard {

    private static final int CHECK_BYTES = 1 << 22;

    private final String file;
    private final ShardHeader header;
    private final ByteBuffer bytes;

    private MappedShard(String file, ShardHeader header, ByteBuffer bytes) {
        this.file = file;
        this.header = header;
        this.bytes = bytes;
    }

    /**
     * Maps a shard and checks its header and size, not its rows.
     *
     * @throws IOException if it cannot be read, is no shard, of another version, truncated or too long
     */
    static MappedShard open(Path path) throws IOException {
        String file = path.toString();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            ByteBuffer start = ByteBuffer.allocate((int) Math.min(size, ShardHeader.BYTES));
            while (start.hasRemaining() && channel.read(start, start.position()) >= 0) {
                // goes on where the last read ended
            }
            ShardHeader header = ShardHeader.decode(start.flip(), file);
            if (size != header.fileBytes()) {
                throw new IOException(file + (size < header.fileBytes() ? ": truncated" : ": too long") + ": expected "
                        + header.fileBytes() + " bytes, found " + size
                        + "; restore the file, or delete the directory and prepare again");
            }
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
            return new MappedShard(file, header, mapped.order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    String file() {
        return file;
    }

    ShardHeader header() {
        return header;
    }

    /** Reads all rows and compares their checksum, at a few GB/s where the file is in memory already. */
    void verify() throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer rows = bytes.duplicate();
        int end = bytes.limit();
        for (int at = ShardHeader.BYTES, next; at < end; at = next) {
            // at + CHECK_BYTES may exceed an int
            next = at + Math.min(CHECK_BYTES, end - at);
            crc.update(rows.limit(next).position(at));
        }
        if ((int) crc.getValue() != header.checksum()) {
            throw new IOException(
                    file + ": damaged: the checksum of its rows is " + ManifestJson.hex((int) crc.getValue())
                            + ", expected " + ManifestJson.hex(header.checksum())
                            + "; restore the file, or delete the directory and prepare again");
        }
    }

    /** The id at a place of a row. */
    int id(int row, int column) {
        int index = row * header.sequenceLength() + column;
        return header.bytesPerId() == 2
                ? bytes.getShort(ShardHeader.BYTES + 2 * index) & 0xFFFF
                : bytes.getInt(ShardHeader.BYTES + 4 * index);
    }
}
