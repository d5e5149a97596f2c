package org.jelectra.io;

import java.io.IOException;

/** A file that is no whole snapshot: too short, begun by other bytes, or with another checksum. Other failures to read one are no damage. */
public final class DamagedSnapshotException extends IOException {

    private static final long serialVersionUID = 1L;

    DamagedSnapshotException(String message) {
        super(message);
    }
}
