package org.jelectra.text.shards;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes the rows of one part into one shard after another. A shard's header is written when it is complete; until then its file
 * begins with zeros and nobody takes it for a shard.
 */
final class PartWriter implements AutoCloseable {

    /** The shard being written: its rows that are safely on the disk. */
    record OpenShard(int sequences, long tokens, long segments, int checksum) {

        static final OpenShard NONE = new OpenShard(0, 0, 0, 0);
    }

    private static final int BUFFER_BYTES = 1 << 20;

    private final Path directory;
    private final Part part;
    private final PrepareOptions options;
    private final String vocabularyHash;
    private final int bytesPerId;
    private final ByteBuffer buffer;
    private final CRC32C crc = new CRC32C();
    private final List<ShardInfo> shards;
    private long completeSequences;
    private Path file;
    private FileChannel channel;
    private int sequences;
    private long tokens;
    private long segments;

    /**
     * Goes on after complete shards and the rows of an open one; rows after those are cut off.
     *
     * @throws IOException if the open shard's rows are not there or not those that were written
     */
    PartWriter(
            Path directory,
            Part part,
            PrepareOptions options,
            String vocabularyHash,
            List<ShardInfo> complete,
            OpenShard open)
            throws IOException {
        this.directory = directory;
        this.part = part;
        this.options = options;
        this.vocabularyHash = vocabularyHash;
        this.bytesPerId = ShardManifest.bytesPerId(options.vocabulary().size());
        this.shards = new ArrayList<>(complete);
        this.completeSequences =
                complete.stream().mapToLong(ShardInfo::sequences).sum();
        int rowBytes = options.packing().sequenceLength() * bytesPerId;
        this.buffer = ByteBuffer.allocate(Math.max(1, BUFFER_BYTES / rowBytes) * rowBytes)
                .order(ByteOrder.LITTLE_ENDIAN);
        if (open.sequences() > 0) {
            goOn(open, rowBytes);
        }
    }

    private void goOn(OpenShard open, int rowBytes) throws IOException {
        file = directory.resolve(part.fileName(shards.size()));
        long end = ShardHeader.BYTES + (long) open.sequences() * rowBytes;
        channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel.position(ShardHeader.BYTES);
        while (channel.position() < end) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - channel.position()));
            if (channel.read(buffer) < 0) {
                break;
            }
            crc.update(buffer.flip());
        }
        buffer.clear();
        if (channel.position() != end || (int) crc.getValue() != open.checksum()) {
            throw new IOException(file + ": not as the interrupted preparation left it (damaged or truncated); delete "
                    + directory + " and prepare again");
        }
        channel.truncate(end);
        sequences = open.sequences();
        tokens = open.tokens();
        segments = open.segments();
    }

    /** Complete shards so far. */
    List<ShardInfo> shards() {
        return List.copyOf(shards);
    }

    /**
     * Appends a row of L ids.
     *
     * @throws IOException if it cannot be written, or there are as many rows as a manifest can have
     */
    void write(int[] row, int rowTokens, int rowSegments) throws IOException {
        if (completeSequences + sequences == Integer.MAX_VALUE) {
            throw new IOException(
                    directory + ": the " + part.label() + " text has more than " + Integer.MAX_VALUE + " sequences of "
                            + row.length + " tokens; prepare parts of it, or take a longer --sequence-length");
        }
        if (channel == null) {
            file = directory.resolve(part.fileName(shards.size()));
            try {
                channel = FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw Writing.failure(file, e);
            }
            Writing.fully(channel, ByteBuffer.allocate(ShardHeader.BYTES), file);
            crc.reset();
        }
        for (int id : row) {
            if (bytesPerId == 2) {
                buffer.putShort((short) id);
            } else {
                buffer.putInt(id);
            }
        }
        sequences++;
        tokens += rowTokens;
        segments += rowSegments;
        if (!buffer.hasRemaining()) {
            flush();
        }
        if (sequences == options.sequencesPerShard()) {
            endShard();
        }
    }

    /** Brings everything to the disk; what is written afterwards is lost in a crash, nothing before. */
    OpenShard checkpoint() throws IOException {
        if (channel == null) {
            return OpenShard.NONE;
        }
        flush();
        Writing.force(channel, file);
        return new OpenShard(sequences, tokens, segments, (int) crc.getValue());
    }

    /** Completes the last shard. */
    void finish() throws IOException {
        if (channel != null) {
            endShard();
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        crc.update(buffer.duplicate());
        Writing.fully(channel, buffer, file);
        buffer.clear();
    }

    private void endShard() throws IOException {
        flush();
        ShardHeader header = new ShardHeader(
                bytesPerId,
                options.packing().sequenceLength(),
                part,
                shards.size(),
                sequences,
                vocabularyHash,
                tokens,
                segments,
                (int) crc.getValue());
        channel.position(0);
        Writing.fully(channel, header.encode(), file);
        Writing.force(channel, file);
        close();
        shards.add(new ShardInfo(
                file.getFileName().toString(), sequences, tokens, segments, Files.size(file), (int) crc.getValue()));
        completeSequences += sequences;
        sequences = 0;
        tokens = 0;
        segments = 0;
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
        channel = null;
    }
}
