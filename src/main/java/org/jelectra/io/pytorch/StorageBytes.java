package org.jelectra.io.pytorch;

import java.io.IOException;
import java.io.InputStream;

/** Where the bytes of storages lie. */
interface StorageBytes extends AutoCloseable {

    /** A storage's bytes from the given one on, little-endian. */
    InputStream open(StorageRecord storage, long firstByte) throws IOException;

    @Override
    void close() throws IOException;
}
