package org.jelectra.io;

import java.util.zip.CRC32C;

/**
 * The checksum of TensorFlow's files: CRC-32C, rotated by 15 bits and shifted by a constant, because a checksum of data that hold
 * checksums is weak otherwise. Source: TensorFlow's {@code lib/hash/crc32c.h}.
 */
public final class MaskedChecksum {

    private MaskedChecksum() {}

    /** Of a range of bytes. */
    public static int of(byte[] bytes, int offset, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, offset, length);
        return of(checksum);
    }

    /** Of whatever was added to a checksum. */
    public static int of(CRC32C checksum) {
        return Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8;
    }
}
