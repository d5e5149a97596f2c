package org.jelectra.text.shards;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jelectra.io.AtomicFile;

/** Writing with errors that say what to do. */
final class Writing {

    private Writing() {}

    /** Writes all of a buffer at the channel's position. */
    static void fully(FileChannel channel, ByteBuffer bytes, Path file) throws IOException {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /** Forces what was written to the disk. */
    static void force(FileChannel channel, Path file) throws IOException {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    static IOException failure(Path file, IOException e) {
        return new IOException(
                AtomicFile.failure(file, e).getMessage()
                        + "; once it can be (make room where the disk is full), the"
                        + " same command goes on from the last complete shard",
                e);
    }
}
