package org.jelectra.text.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Unpacks gzip, of one member or several, to the file's end. {@link GZIPInputStream} takes anything behind a member that does not begin
 * as the next one for the end, a damaged member too, and all text from there on would be missing without a word.
 */
final class WholeGzipStream extends GZIPInputStream {

    /** Checksum and length behind a member (RFC 1952); the inflater leaves them in the buffer. */
    private static final int TRAILER_BYTES = 8;

    WholeGzipStream(InputStream in, int bufferBytes) throws IOException {
        super(in, bufferBytes);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        if (count < 0) {
            requireEnd();
        }
        return count;
    }

    /** Zeros may follow, as on tapes. Where the buffer ended with the member, the next one's header has been taken from {@code in}. */
    private void requireEnd() throws IOException {
        for (int i = len - inf.getRemaining() + TRAILER_BYTES; i < len; i++) {
            requireZero(buf[i]);
        }
        for (int next = in.read(); next >= 0; next = in.read()) {
            requireZero(next);
        }
    }

    private static void requireZero(int behind) throws ZipException {
        if (behind != 0) {
            throw new ZipException("behind a packed text expected the file's end or the next one, found other bytes"
                    + " ('gzip -dc' unpacks what is before them)");
        }
    }
}
