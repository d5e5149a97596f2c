package org.jelectra.cli.pretrain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;
import org.jelectra.cli.console.Failure;
import org.jelectra.cli.console.ShellWord;
import org.jelectra.cli.console.ShutdownHook;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.io.DirectoryLock;
import org.jelectra.io.OutputPath;
import org.jelectra.pretrain.MetricsLog;
import org.jelectra.pretrain.RunSoFar;
import org.jelectra.pretrain.SnapshotFolder;

/**
 * The directory of a run, locked while the run lasts. Nothing that is there already is ever overwritten by another run, and only one
 * writes at a time.
 */
final class RunDirectory implements AutoCloseable {

    private static final Path RUNS = Path.of("runs");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private final Path path;
    private final DirectoryLock lock;
    private final boolean isNew;
    private final ShutdownHook whenEnded;

    private RunDirectory(Path path, DirectoryLock lock, boolean isNew) {
        this.path = path;
        this.lock = lock;
        this.isNew = isNew;
        this.whenEnded = ShutdownHook.of(this::tidy);
    }

    Path path() {
        return path;
    }

    /** Unlocks the directory; one that was created for a run that then could not begin is removed, as where Ctrl-C ends the process. */
    @Override
    public void close() throws IOException {
        if (whenEnded.cancel()) {
            unlock();
        }
    }

    private void tidy() {
        try {
            unlock();
        } catch (IOException e) {
            // nobody is left to be told, and an empty directory is no harm
        }
    }

    private void unlock() throws IOException {
        lock.close();
        if (isNew && isEmpty()) {
            Files.deleteIfExists(path.resolve(DirectoryLock.FILE_NAME));
            Files.deleteIfExists(path);
        }
    }

    private boolean isEmpty() throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.allMatch(file -> file.endsWith(DirectoryLock.FILE_NAME));
        }
    }

    /** A name that nobody uses yet below {@code runs/}. */
    static Path unused(String preset, LocalDateTime now) {
        String name = preset.replace("+", "plus") + "-" + TIME.format(now);
        Path path = RUNS.resolve(name);
        for (int number = 2; Files.exists(path); number++) {
            path = RUNS.resolve(name + "-" + number);
        }
        return path;
    }

    /**
     * The run below {@code runs/} that was begun last.
     *
     * @throws IOException if there is none
     */
    static Path latest() throws IOException {
        Path latest = null;
        FileTime latestTime = null;
        if (Files.isDirectory(RUNS)) {
            try (Stream<Path> runs = Files.list(RUNS)) {
                for (Path run : runs.toList()) {
                    Path settings = run.resolve(RunSoFar.SETTINGS);
                    if (Files.isRegularFile(settings)) {
                        FileTime time = Files.getLastModifiedTime(settings);
                        if (latest == null || time.compareTo(latestTime) > 0) {
                            latest = run;
                            latestTime = time;
                        }
                    }
                }
            }
        }
        if (latest == null) {
            throw new IOException(
                    "expected a run to go on with, found none in runs/; name its directory: --resume DIR");
        }
        return latest;
    }

    /**
     * Creates the directory, makes sure, before any work is done, that files can be written to it, and locks it.
     *
     * @throws IOException if it holds a run already, or a tokenizer's files, which a run would replace; if another run writes there
     *     now, or it cannot be written to
     */
    static RunDirectory prepare(Path directory) throws IOException {
        OutputPath.requireFolder(directory);
        if (!Files.exists(directory.resolve(DirectoryLock.FILE_NAME))) {
            requireFree(directory);
        }
        boolean isNew = !Files.exists(directory);
        try {
            Files.createDirectories(directory);
            Files.delete(Files.createTempFile(directory, "writable", null));
        } catch (IOException e) {
            throw new IOException(
                    "cannot write to the output directory " + directory + " (" + Failure.line(e) + ")", e);
        }
        DirectoryLock lock = DirectoryLock.acquire(directory);
        try {
            requireFree(directory);
            return new RunDirectory(directory, lock, isNew);
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    private static void requireFree(Path directory) throws IOException {
        for (String name : List.of(
                MetricsLog.FILE_NAME,
                RunSoFar.SETTINGS,
                SnapshotFolder.NAME,
                ElectraModel.DISCRIMINATOR,
                ElectraModel.GENERATOR)) {
            if (Files.exists(directory.resolve(name))) {
                throw new IOException(directory + " holds a run already (" + name
                        + "); choose another --output or delete it, or go on with it: --resume "
                        + ShellWord.of(directory));
            }
        }
        // without a run beside them, which writes its settings first, they are the user's own
        for (String name : List.of(TokenizerFiles.VOCABULARY, TokenizerFiles.CONFIG)) {
            if (Files.exists(directory.resolve(name))) {
                throw new IOException(directory + ": expected no " + name
                        + " in the directory of a new run, which writes its own there, found one; choose another"
                        + " --output");
            }
        }
    }

    /**
     * Locks the directory of a run that goes on.
     *
     * @throws IOException if the run cannot go on, or another process writes there
     */
    static RunDirectory reopen(Path directory) throws IOException {
        DirectoryLock lock = DirectoryLock.acquire(directory);
        try {
            ResumableRun.require(directory);
            return new RunDirectory(directory, lock, false);
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }
}
