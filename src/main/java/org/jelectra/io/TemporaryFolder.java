package org.jelectra.io;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A hidden folder beside an output, deleted with all that is in it when it is closed, or the process is asked to end, unless it was
 * moved away.
 */
public final class TemporaryFolder implements AutoCloseable {

    private final Path path;

    private TemporaryFolder(Path path) {
        this.path = path;
    }

    /**
     * Creates the folder, and those above it that are missing.
     *
     * @param output what will be made of its content
     * @throws IOException if it cannot be created; the message names {@code output}
     */
    public static TemporaryFolder beside(Path output) throws IOException {
        Path absolute = output.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        if (parent == null) {
            throw new IOException(output + ": expected a new folder for the output, found the root");
        }
        OutputPath.createFolder(parent);
        // unique: another thread, or a process on another machine, may write the same output
        Path path =
                parent.resolve("." + absolute.getFileName() + "." + UUID.randomUUID() + AtomicFile.TEMPORARY_SUFFIX);
        OpenTemporaries.add(path);
        try {
            Files.createDirectory(path);
        } catch (FileSystemException e) {
            OpenTemporaries.delete(path);
            throw AtomicFile.failure(output, e);
        }
        return new TemporaryFolder(path);
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        OpenTemporaries.delete(path);
    }
}
