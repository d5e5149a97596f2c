package org.jelectra.text.corpus;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts the bytes that were read, for progress, and names the file where reading fails, which the system does not. */
final class CountingStream extends FilterInputStream {

    /** Bytes read from all files so far. Written by the reading thread, read by any. */
    static final class Counter {
        private volatile long bytes;

        long bytes() {
            return bytes;
        }

        // one thread reads, so that this is no race
        @SuppressWarnings("NonAtomicOperationOnVolatileField")
        void add(long count) {
            bytes += count;
        }
    }

    private final String source;
    private final Counter counter;

    /** @param source what to call the file in messages */
    CountingStream(InputStream in, String source, Counter counter) {
        super(in);
        this.source = source;
        this.counter = counter;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            int count = in.read(target, offset, length);
            counter.add(Math.max(0, count));
            return count;
        } catch (IOException e) {
            throw new IOException(source + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /**
     * Always some: a pipe cannot say how many ("Illegal seek"), and {@link java.util.zip.GZIPInputStream} of JDK 17 takes none for the
     * end of the file.
     */
    @Override
    public int available() {
        return 1;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = in.skip(count);
        counter.add(skipped);
        return skipped;
    }
}
