package org.jelectra.io;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Whether there can be a file or a folder where something is to be written: Java's own errors name a part of the path, and no reason. */
public final class OutputPath {

    private OutputPath() {}

    /**
     * Creates a folder, and those above it that are missing; one that is there stays as it is.
     *
     * @throws IOException as {@link #requireFolder}, or if it cannot be created
     */
    public static Path createFolder(Path folder) throws IOException {
        requireFolder(folder);
        return Files.createDirectories(folder);
    }

    /** Throws IOException if a file, or a link to nothing, has the place of a folder or of one above it. Creates nothing. */
    public static void requireFolder(Path folder) throws IOException {
        if (isThere(folder) && !Files.isDirectory(folder)) {
            throw new FileSystemException(
                    folder.toString(), null, "expected a directory for the output, found " + found(folder));
        }
        requireFoldersAbove(folder);
    }

    /** Throws IOException if a file, or a link to nothing, has the place of a folder above a file or folder. Creates nothing. */
    static void requireFoldersAbove(Path target) throws IOException {
        for (Path above = target.getParent(); above != null; above = above.getParent()) {
            if (isThere(above)) {
                if (!Files.isDirectory(above)) {
                    String reason =
                            "cannot be written (" + above + ": expected a directory, found " + found(above) + ")";
                    throw new FileSystemException(target.toString(), null, reason);
                }
                return;
            }
        }
    }

    /** Whether there is anything, be it a symbolic link whose target is not. */
    private static boolean isThere(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static String found(Path path) throws IOException {
        return Files.exists(path) ? "a file" : "a symbolic link to nothing, " + Files.readSymbolicLink(path);
    }
}
