package org.jelectra.gpu.jcuda;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/**
 * Puts a library from a jar into a directory from which it can be loaded. JCuda itself writes to a fixed name in the temporary
 * directory without a lock, and JVMs that start together crash on each other's half-written files. Here a file has its name only
 * once it is complete, and the directory is the user's own, so that no one else can put a library there.
 */
final class NativeFiles {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<?> PRIVATE = PosixFilePermissions.asFileAttribute(OWNER_ONLY);

    private NativeFiles() {}

    /**
     * The file {@code name} with the content of {@code library}, in a directory of this user below {@code parent} that is shared with
     * his other JVMs; it is written only where it is not there yet.
     */
    static Path extract(URL library, Path parent, String directory, String name) throws IOException {
        Path folder = ownDirectory(parent, directory);
        Path file = folder.resolve(name);
        URLConnection connection = library.openConnection();
        connection.setUseCaches(false);
        try (InputStream in = connection.getInputStream()) {
            if (Files.exists(file) && Files.size(file) == connection.getContentLengthLong()) {
                return file;
            }
            Path part = Files.createTempFile(folder, name, ".part", PRIVATE);
            try {
                Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
                // JVMs that have loaded a file of this name keep the one they have.
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        }
        return file;
    }

    private static Path ownDirectory(Path parent, String name) throws IOException {
        Path directory = parent.resolve(name);
        try {
            return Files.createDirectory(directory, PRIVATE);
        } catch (FileAlreadyExistsException e) {
            return isOwn(directory, parent) ? directory : Files.createTempDirectory(parent, name);
        }
    }

    private static boolean isOwn(Path directory, Path parent) throws IOException {
        PosixFileAttributes found =
                Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return found.isDirectory()
                && found.permissions().equals(OWNER_ONLY)
                && found.owner().equals(currentUser(parent));
    }

    // The property user.name says nothing in a container that runs under a number without a name.
    private static UserPrincipal currentUser(Path parent) throws IOException {
        Path probe = Files.createTempFile(parent, "owner", null, PRIVATE);
        try {
            return Files.getOwner(probe);
        } finally {
            Files.delete(probe);
        }
    }

    /**
     * Runs {@code action} while the property java.io.tmpdir names {@code directory}. Classes of the JDK read that property once, when
     * they are first used; they are used before, so that they keep the real one.
     */
    static void withTemporaryDirectory(Path directory, ThrowingAction action) throws IOException {
        Files.delete(Files.createTempFile(null, null));
        Files.delete(File.createTempFile("jelectra", null).toPath());
        String real = System.setProperty("java.io.tmpdir", directory.toString());
        try {
            action.run();
        } finally {
            System.setProperty("java.io.tmpdir", real);
        }
    }

    /** Something that may throw what it likes, as class initialisers do. */
    interface ThrowingAction {
        void run() throws IOException;
    }
}
