package org.jelectra.text.corpus;

import java.io.IOException;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Tells tar archives, packed or not, from text. Nothing else would: names and padding of an archive of text are valid UTF-8, and
 * a tokenizer passes over NUL characters, as BERT's does. For that reason a NUL by itself is no error: crawled text has some.
 *
 * <p>Source: POSIX.1-2017, pax, "ustar Interchange Format": {@code ustar} at byte 257 of the first header, after fields
 * padded with NULs. GNU tar writes the same five letters.
 */
final class TarArchive {

    private static final byte[] MAGIC = "ustar".getBytes(StandardCharsets.US_ASCII);
    private static final int MAGIC_OFFSET = 257;
    /** Bytes that are looked at; a stream must be able to take back so many. */
    static final int HEADER_BYTES = MAGIC_OFFSET + MAGIC.length;

    private TarArchive() {}

    /**
     * Looks at the beginning of a text and puts it back.
     *
     * @throws IOException if it cannot be read, or is that of an archive
     */
    static void refuse(PushbackInputStream in, String name) throws IOException {
        byte[] header = in.readNBytes(HEADER_BYTES);
        in.unread(header);
        boolean hasMagic = header.length == HEADER_BYTES
                && Arrays.equals(header, MAGIC_OFFSET, HEADER_BYTES, MAGIC, 0, MAGIC.length);
        if (hasMagic && hasNul(header)) {
            throw new IOException(
                    name + ": expected text, found a tar archive; unpack it into a folder ('tar -xf'), and"
                            + " give the folder");
        }
    }

    private static boolean hasNul(byte[] bytes) {
        for (byte value : bytes) {
            if (value == 0) {
                return true;
            }
        }
        return false;
    }
}
