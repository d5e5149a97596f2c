package org.jelectra.text.corpus;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts the bytes that were read, for progress. */
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

    private final Counter counter;

    CountingStream(InputStream in, Counter counter) {
        super(in);
        this.counter = counter;
    }

    @Override
    public int read() throws IOException {
        int value = in.read();
        counter.add(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = in.read(target, offset, length);
        counter.add(Math.max(0, count));
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = in.skip(count);
        counter.add(skipped);
        return skipped;
    }
}
