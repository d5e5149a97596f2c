package org.jelectra.io;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Layout of a snapshot file, everything little-endian: 8 bytes {@link #MAGIC}, the version and the length n of the header (32
 * bits each), n bytes of JSON {@code {"sections": [{"name", "bytes"}...], "content": {...}}}, the sections one after the other,
 * and the CRC-32C of all that (32 bits).
 *
 * <p>A CRC of 32 bits finds every single flipped bit and every burst of up to 32, and overlooks other damage once in 2^32 cases;
 * the processor computes it faster than a disk reads.
 */
final class SnapshotFormat {

    static final byte[] MAGIC = "jelsnap\n".getBytes(StandardCharsets.US_ASCII);
    static final int VERSION = 1;
    static final int PREFIX_BYTES = MAGIC.length + 8;
    static final int CHECKSUM_BYTES = 4;
    /** Sections are moved in pieces of this size, a multiple of every element's. */
    static final int CHUNK_BYTES = 1 << 20;
    /** Far more than any header; protects from allocating what a foreign file claims. */
    static final int MAX_HEADER_BYTES = 1 << 24;

    static final String SECTIONS = "sections";
    static final String CONTENT = "content";
    static final String NAME = "name";
    static final String BYTES = "bytes";

    private SnapshotFormat() {}

    static boolean hasMagic(ByteBuffer prefix) {
        return prefix.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
    }
}
