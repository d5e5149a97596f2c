package org.jelectra.text.corpus;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import org.tukaani.xz.XZInputStream;

/** Finds the files of a corpus below a path, in an order that does not depend on the file system, and opens them by their names. */
final class CorpusFiles {

    private static final int BUFFER_BYTES = 1 << 16;
    /** Enough for the dictionary of {@code xz -9} (64 MiB) twice over; a file may ask for up to 1.5 GiB. */
    private static final int XZ_MEMORY_KIB = 192 << 10;

    private CorpusFiles() {}

    /**
     * Adds a file, or all below a folder.
     *
     * @throws IOException where nothing is, a link leads to nothing or into a folder that holds it, or a file is no text but made by
     *     prepare
     */
    static void addTo(List<Corpus.Source> sources, Path path) throws IOException {
        if (!Files.exists(path)) {
            requireTarget(path);
            throw new IOException(path + ": expected a corpus file or folder, found nothing there");
        }
        List<Path> files = Files.isDirectory(path) ? below(path) : Arrays.asList(path);
        for (int i = 0; i < files.size(); i++) {
            Path file = files.set(i, null); // what it keeps can go: there may be millions
            if (PreparedFile.isAt(file)) {
                throw new IOException(file + ": expected text, found what 'jelectra prepare' makes of it;"
                        + " 'jelectra pretrain --data' takes its directory "
                        + file.toAbsolutePath().getParent() + ", alone");
            }
            sources.add(new FileSource(file));
        }
    }

    private static List<Path> below(Path path) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(
                path, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                        return isHidden(folder) && !folder.equals(path)
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                        if (isHidden(file)) {
                            return FileVisitResult.CONTINUE;
                        }
                        requireTarget(file);
                        if (attributes.isRegularFile()) {
                            files.add(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                        if (isHidden(file)) {
                            return FileVisitResult.CONTINUE;
                        }
                        if (!(failure instanceof FileSystemLoopException)) {
                            throw failure;
                        }
                        throw new IOException(
                                file + ": expected text, found a symbolic link to " + Files.readSymbolicLink(file)
                                        + ", a folder that it lies in, which would be read without end; remove the link,"
                                        + " or leave it out (give the files and folders beside it one by one)",
                                failure);
                    }
                });
        if (files.isEmpty()) {
            throw new IOException(path + ": expected a folder with text files, found no file in it");
        }
        Collections.sort(files);
        return files;
    }

    /** The text behind a link that leads to nothing would be missing without a word. */
    private static void requireTarget(Path file) throws IOException {
        if (Files.isSymbolicLink(file) && !Files.exists(file)) {
            throw new IOException(file + ": expected text, found a symbolic link to nothing, "
                    + Files.readSymbolicLink(file) + "; mend or remove the link");
        }
    }

    /** The text in a file, unpacked where its name ends in .gz or .xz; {@code counter} sees the bytes of the file itself. */
    static InputStream openText(Path file, CountingStream.Counter counter) throws IOException {
        if (Files.isDirectory(file)) { // Unix lets it be opened, and then fails to read it
            throw new IOException(file + ": expected a file, found a directory");
        }
        InputStream in = new CountingStream(Files.newInputStream(file), file.toString(), counter);
        String compression = FileNames.compression(file.toString());
        try {
            return switch (compression) {
                case "gzip" -> new WholeGzipStream(new BufferedInputStream(in, BUFFER_BYTES), BUFFER_BYTES);
                case "xz" -> new XZInputStream(new BufferedInputStream(in, BUFFER_BYTES), XZ_MEMORY_KIB);
                default -> in;
            };
        } catch (IOException e) {
            in.close();
            if (e.getMessage() != null && e.getMessage().startsWith(file.toString())) {
                throw e; // the disk's failure, not the format's
            }
            throw new IOException(file + ": not readable as " + compression + ": " + reason(e), e);
        }
    }

    /** Why unpacking failed; the exceptions of xz often have no message. */
    static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static boolean isHidden(Path path) {
        return path.getFileName() != null && path.getFileName().toString().startsWith(".");
    }
}
