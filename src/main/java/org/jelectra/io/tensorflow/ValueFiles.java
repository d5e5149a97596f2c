package org.jelectra.io.tensorflow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The files of a checkpoint that hold values, {@code PREFIX.data-00000-of-00002} and so on, all open. */
final class ValueFiles implements AutoCloseable {

    private final List<Path> files = new ArrayList<>();
    private final List<FileChannel> channels = new ArrayList<>();

    /**
     * Opens all files.
     *
     * @throws IOException if one is missing or cannot be opened
     */
    static ValueFiles open(Path prefix, long count) throws IOException {
        ValueFiles opened = new ValueFiles();
        try {
            for (long i = 0; i < count; i++) {
                Path file = prefix.resolveSibling(
                        String.format(Locale.ROOT, "%s.data-%05d-of-%05d", prefix.getFileName(), i, count));
                if (!Files.isRegularFile(file)) {
                    throw new IOException(prefix + ": expected the values in " + count
                            + (count == 1 ? " file" : " files") + ", but this one is missing: " + file.getFileName());
                }
                opened.files.add(file);
                opened.channels.add(FileChannel.open(file, StandardOpenOption.READ));
            }
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** Where a tensor's values are. */
    Path file(BundleEntry entry) {
        return files.get((int) entry.shard());
    }

    /** Throws IOException unless a tensor's values are within one of the files. */
    void require(String name, BundleEntry entry, Path index) throws IOException {
        if (entry.shard() < 0 || entry.shard() >= files.size()) {
            throw new IOException(index + ": tensor \"" + name + "\" is in file " + entry.shard()
                    + ", expected one of 0 to " + (files.size() - 1));
        }
        long bytes = channels.get((int) entry.shard()).size();
        if (entry.offset() < 0 || entry.size() < 0 || entry.offset() > bytes - entry.size()) {
            throw new IOException(file(entry) + ": truncated: expected tensor \"" + name + "\" of " + entry.size()
                    + " bytes at byte " + entry.offset() + ", found " + bytes + " bytes in all");
        }
    }

    /** Fills a buffer with bytes of a tensor, the first of which is {@code from}, and flips it. */
    void read(BundleEntry entry, long from, ByteBuffer target) throws IOException {
        long at = entry.offset() + from;
        while (target.hasRemaining()) {
            int got = channels.get((int) entry.shard()).read(target, at);
            if (got < 0) {
                throw new IOException(file(entry) + ": truncated at byte " + at + " while reading");
            }
            at += got;
        }
        target.flip();
    }

    @Override
    public void close() throws IOException {
        for (FileChannel channel : channels) {
            channel.close();
        }
    }
}
