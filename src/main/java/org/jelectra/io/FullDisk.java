package org.jelectra.io;

import java.io.IOException;

/** Tells a disk without room from other failures: Java has no exception of its own for it, only the system's English words. */
public final class FullDisk {

    /** What the system says of a disk that is full. */
    private static final String NO_SPACE = "No space left";

    private FullDisk() {}

    /** Whether there was no room for what was to be written: on the disk, by a quota, or by a limit on files. */
    public static boolean isReasonOf(IOException thrown) {
        String message = String.valueOf(thrown.getMessage());
        return message.contains(NO_SPACE) || message.contains("File too large") || message.contains("quota exceeded");
    }
}
