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
import org.jelectra.io.OutputPath;

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
        Path absolute = target.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        if (parent == null) {
            throw new IOException(target + ": expected a new folder for the output, found the root");
        }
        OutputPath.createFolder(parent);
        // unique: another thread, or a process on another machine, may write the same folder
        Path temporary =
                parent.resolve("." + absolute.getFileName() + "." + UUID.randomUUID() + AtomicFile.TEMPORARY_SUFFIX);
        try {
            Files.createDirectory(temporary);
        } catch (FileSystemException e) {
            throw AtomicFile.failure(target, e);
        }
        try {
            T result = content.writeTo(temporary);
            requireFree(target);
            Files.deleteIfExists(target);
            Files.move(temporary, target);
            return result;
        } catch (FileSystemException e) {
            boolean isOurs = e.getFile() != null && Path.of(e.getFile()).startsWith(temporary);
            throw isOurs ? AtomicFile.failure(target.resolve(temporary.relativize(Path.of(e.getFile()))), e) : e;
        } finally {
            delete(temporary);
        }
    }

    private static void requireFree(Path target) throws IOException {
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
