package org.jelectra.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a second writer out of a directory, be it another process or another thread of this one. The operating system gives the
 * lock up when a process dies, however it dies, so that a killed run never blocks its successor.
 */
public final class DirectoryLock implements AutoCloseable {

    /** Name of the file that is locked. It stays behind: deleting it could take the lock from under another process. */
    public static final String FILE_NAME = ".lock";

    // POSIX drops a process's locks on a file as soon as the process closes any descriptor of it. So this process must
    // not even open a lock file that it holds, which only a set of its own can tell.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Locks an existing directory.
     *
     * @throws IOException if somebody else writes there (the message says who), or the lock file cannot be written
     */
    public static DirectoryLock acquire(Path directory) throws IOException {
        Path file = directory.toRealPath().resolve(FILE_NAME);
        if (!HELD.add(file)) {
            throw new IOException(taken(directory, "this process"));
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!lock(channel, file)) {
                throw new IOException(taken(directory, owner(file)));
            }
            return new DirectoryLock(file, channel);
        } catch (IOException | RuntimeException e) {
            if (channel != null) {
                channel.close();
            }
            HELD.remove(file);
            throw e;
        }
    }

    /** Locks the file and writes who has it, or returns false. */
    private static boolean lock(FileChannel channel, Path file) throws IOException {
        try {
            if (channel.tryLock() == null) {
                return false;
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(("process " + ProcessHandle.current().pid() + ", since "
                            + LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS) + "\n")
                    .getBytes(StandardCharsets.UTF_8)));
            return true;
        } catch (IOException e) {
            throw AtomicFile.failure(file, e);
        }
    }

    private static String taken(Path directory, String owner) {
        return directory + ": another run writes there (" + owner
                + "); wait for it or stop it, or choose another directory";
    }

    private static String owner(Path file) {
        try {
            String owner = Files.readString(file, StandardCharsets.UTF_8).strip();
            return owner.isEmpty() ? "a process that has just begun" : owner;
        } catch (IOException e) {
            // Windows lets nobody else read a file that is locked
            return "another process";
        }
    }

    /** Gives the lock up. */
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(file);
        }
    }
}
