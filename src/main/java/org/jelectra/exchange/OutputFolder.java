package org.jelectra.exchange;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jelectra.io.AtomicFile;
import org.jelectra.io.OutputPath;
import org.jelectra.io.TemporaryFolder;

/** A folder that appears whole or not at all: it is written beside its place, under another name, and moved there at the end. */
final class OutputFolder {

    /** Writes the files of a folder. */
    @FunctionalInterface
    interface Content<T> {
        /** Writes all into an empty folder, which later has another name. */
        T writeTo(Path folder) throws IOException;
    }

    private OutputFolder() {}

    /**
     * Writes a folder; returns what its content does.
     *
     * @throws IOException if there is a file or a folder with files in its place already, or it cannot be written; messages name
     *     the files by their later names
     */
    static <T> T write(Path target, Content<T> content) throws IOException {
        requireFree(target);
        try (TemporaryFolder temporary = TemporaryFolder.beside(target)) {
            return write(target, temporary.path(), content);
        }
    }

    private static <T> T write(Path target, Path temporary, Content<T> content) throws IOException {
        try {
            T result = content.writeTo(temporary);
            requireFree(target);
            Files.deleteIfExists(target);
            Files.move(temporary, target);
            return result;
        } catch (FileSystemException e) {
            boolean isOurs = e.getFile() != null && Path.of(e.getFile()).startsWith(temporary);
            throw isOurs ? AtomicFile.failure(target.resolve(temporary.relativize(Path.of(e.getFile()))), e) : e;
        }
    }

    /** Throws IOException if there is a file or a folder with files in a folder's place. */
    static void requireFree(Path target) throws IOException {
        OutputPath.requireFolder(target);
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                if (files.findAny().isPresent()) {
                    throw new IOException(target
                            + ": expected a new folder for the output, found one with files in it; choose another"
                            + " --output or delete it");
                }
            }
        }
    }
}
