package org.jelectra.exchange;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jelectra.io.AtomicFile;

/** A folder that appears whole or not at all: it is written beside its place, under another name, and moved there at the end. */
final class OutputFolder implements AutoCloseable {

    private final Path target;
    private final Path temporary;

    private OutputFolder(Path target, Path temporary) {
        this.target = target;
        this.temporary = temporary;
    }

    /**
     * Begins a folder.
     *
     * @throws IOException if there is a file or a folder with files in its place already, or nothing can be written there
     */
    static OutputFolder create(Path target) throws IOException {
        requireFree(target);
        Path absolute = target.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        if (parent == null) {
            throw new IOException(target + ": expected a new folder for the output, found the root");
        }
        Files.createDirectories(parent);
        // unique: another thread, or a process on another machine, may write the same folder
        Path temporary =
                parent.resolve("." + absolute.getFileName() + "." + UUID.randomUUID() + AtomicFile.TEMPORARY_SUFFIX);
        try {
            return new OutputFolder(target, Files.createDirectory(temporary));
        } catch (FileSystemException e) {
            throw AtomicFile.failure(target, e);
        }
    }

    private static void requireFree(Path target) throws IOException {
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                if (files.findAny().isPresent()) {
                    throw new IOException(target
                            + ": expected a new folder for the output, found one with files in it; choose another"
                            + " --output or delete it");
                }
            }
        } else if (Files.exists(target)) {
            throw new IOException(target + ": expected a new folder for the output, found a file");
        }
    }

    /** Where to write. */
    Path path() {
        return temporary;
    }

    /** Moves the folder to its place. */
    void publish() throws IOException {
        requireFree(target);
        Files.deleteIfExists(target);
        Files.move(temporary, target);
    }

    /** Removes what was not published. */
    @Override
    public void close() throws IOException {
        delete(temporary);
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            List<Path> paths;
            try (Stream<Path> files = Files.walk(folder)) {
                paths = files.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path path : paths) {
                Files.delete(path);
            }
        }
    }
}
