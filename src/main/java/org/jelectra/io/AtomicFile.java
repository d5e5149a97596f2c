package org.jelectra.io;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Replaces a file in one step: a crash at any moment leaves either the old file or the complete new one. */
public final class AtomicFile {

    /** End of a temporary file's name. */
    public static final String TEMPORARY_SUFFIX = ".tmp";

    private static final Pattern LEFTOVER =
            Pattern.compile("\\..+\\.\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}\\.tmp");

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything to {@code channel}, which is positioned at 0. */
        void writeTo(FileChannel channel) throws IOException;
    }

    /** Writes the text of a file. */
    @FunctionalInterface
    public interface Text {
        /** Writes everything to {@code writer}, which is buffered and need not be closed. */
        void writeTo(Writer writer) throws IOException;
    }

    private AtomicFile() {}

    /** As {@link #write(Path, Content)}, of a text in UTF-8. */
    public static void write(Path target, CharSequence text) throws IOException {
        write(target, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** As {@link #write(Path, CharSequence)}, of a text that need not fit into memory. */
    public static void writeText(Path target, Text text) throws IOException {
        write(target, channel -> {
            Writer writer = new BufferedWriter(
                    new OutputStreamWriter(Channels.newOutputStream(channel), StandardCharsets.UTF_8));
            text.writeTo(writer);
            writer.flush();
        });
    }

    /** As {@link #write(Path, Content)}, of these bytes. */
    public static void write(Path target, byte[] bytes) throws IOException {
        write(target, channel -> {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        });
    }

    /**
     * Writes {@code content} to a temporary file beside {@code target}, forces it to the disk, renames it and forces the
     * folder. The parent folder is created if it is missing. A process killed at once (SIGKILL) leaves the temporary file, a
     * hidden one that ends in {@value #TEMPORARY_SUFFIX}; see {@link #deleteLeftovers}.
     *
     * @throws IOException if the file cannot be written; the message names the target, which is then unchanged, and the
     *     temporary file is removed
     */
    public static void write(Path target, Content content) throws IOException {
        Path folder = requireFile(target);
        Files.createDirectories(folder);
        // Not Files.createTempFile: that one makes the file readable by its owner only, and the rename would keep it
        // so.
        // The name is unique: another thread, or a process on another machine, may write the same target.
        Path temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + TEMPORARY_SUFFIX);
        try {
            write(temporary, target, content);
            forceFolder(folder);
        } catch (FileSystemException e) {
            throw temporary.toString().equals(e.getFile()) ? failure(target, e) : e;
        } catch (IOException e) {
            // a channel's own message ("No space left on device") does not say which file it is about
            FileSystemException named = new FileSystemException(
                    target.toString(),
                    null,
                    Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName()));
            named.initCause(e);
            throw named;
        }
    }

    /** Deletes the temporary files that processes which were killed left in a folder, if there is one. For its only writer. */
    public static void deleteLeftovers(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(AtomicFile::isTemporary).toList()) {
                Files.delete(file);
            }
        }
    }

    private static boolean isTemporary(Path file) {
        return LEFTOVER.matcher(file.getFileName().toString()).matches() && Files.isRegularFile(file);
    }

    /**
     * Checks what can be known before a file is written, for work that takes long until then: a file is created in the nearest
     * folder that exists, and deleted, as permissions tell nothing of a file system that is read-only. Leaves nothing.
     *
     * @throws IOException if it is a directory, a folder above it is a file, or the nearest folder that exists does not let files be created
     */
    public static void requireWritable(Path target) throws IOException {
        Path folder = requireFile(target);
        while (folder != null && !Files.exists(folder)) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new FileSystemException(
                    target.toString(),
                    null,
                    "cannot be written (found no " + target.toAbsolutePath().getRoot() + ")");
        }
        try {
            Files.delete(Files.createTempFile(folder, ".", TEMPORARY_SUFFIX));
        } catch (IOException e) {
            FileSystemException named = new FileSystemException(
                    target.toString(), null, "cannot be written (no file can be created in " + folder + ")");
            named.initCause(e);
            throw named;
        }
    }

    /** The folder of a file to write. */
    private static Path requireFile(Path target) throws IOException {
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(target)) {
            throw new IOException(target + ": expected the path of a file to write, found a directory");
        }
        OutputPath.requireFoldersAbove(target);
        return folder;
    }

    private static void write(Path temporary, Path target, Content content) throws IOException {
        OpenTemporaries.add(temporary);
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
            move(temporary, target);
        } finally {
            OpenTemporaries.delete(temporary);
        }
    }

    /**
     * A failure to write that does not name the file, as one that does: a channel's own ("No space left on device"), or that of a
     * temporary file or folder, whose name nobody knows.
     */
    public static FileSystemException failure(Path target, IOException e) {
        String reason = e instanceof NoSuchFileException
                ? "no such file or directory"
                : e instanceof AccessDeniedException
                        ? "permission denied"
                        : e instanceof FileSystemException known ? known.getReason() : e.getMessage();
        FileSystemException named = new FileSystemException(
                target.toString(),
                null,
                "cannot be written ("
                        + Objects.requireNonNullElse(reason, e.getClass().getSimpleName()) + ")");
        named.initCause(e);
        return named;
    }

    // Without this a power failure could undo the rename. Windows does not open folders and needs no such call.
    private static void forceFolder(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static void move(Path temporary, Path target) throws IOException {
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
