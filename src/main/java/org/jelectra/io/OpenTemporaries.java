package org.jelectra.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Hidden files and folders that are being written: where the process is asked to end meanwhile, they are deleted, as they may be as
 * large as what they were to become, and nobody sees them.
 */
final class OpenTemporaries {

    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    static {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(OpenTemporaries::deleteAll, "jelectra-temporaries"));
        } catch (IllegalStateException e) {
            System.getLogger(OpenTemporaries.class.getName())
                    .log(System.Logger.Level.DEBUG, "the virtual machine ends already", e);
        }
    }

    private OpenTemporaries() {}

    /** From now on, until {@link #delete}, the end of the process deletes it. */
    static void add(Path path) {
        OPEN.add(path);
    }

    /** Deletes a file, or a folder with all that is in it, where it still is. */
    static void delete(Path path) throws IOException {
        if (Files.exists(path)) {
            List<Path> paths;
            try (Stream<Path> files = Files.walk(path)) {
                paths = files.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path file : paths) {
                Files.deleteIfExists(file);
            }
        }
        OPEN.remove(path);
    }

    private static void deleteAll() {
        for (Path path : OPEN) {
            try {
                delete(path);
            } catch (IOException | UncheckedIOException e) {
                // its writer may be at work still
                System.getLogger(OpenTemporaries.class.getName())
                        .log(System.Logger.Level.WARNING, path + ": not deleted (" + e + ")");
            }
        }
    }
}
