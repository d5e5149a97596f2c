package org.jelectra.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A file on a disk that is full after some bytes. */
public final class FullChannel implements WritableByteChannel {

    private long room;

    /** @param room bytes that can be written */
    public FullChannel(long room) {
        this.room = room;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int written = (int) Math.min(room, source.remaining());
        if (written == 0 && source.hasRemaining()) {
            throw new IOException("No space left on device");
        }
        source.position(source.position() + written);
        room -= written;
        return written;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
