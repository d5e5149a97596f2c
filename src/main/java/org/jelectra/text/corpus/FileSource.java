package org.jelectra.text.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;

/**
 * A file of a corpus. There may be millions, so it is kept in 56 bytes and its name: a {@link Path} takes four times that once it has
 * been looked at, because it keeps what it was asked for.
 */
final class FileSource implements Corpus.Source {

    /** In UTF-8; null where a path cannot be made of its name again. */
    private final byte[] name;
    /** Null where the name is enough. */
    private final Path path;

    private final long bytes;
    private final long changedSecond;
    private final int changedNano;

    /** A file as it is now; throws IOException where it is not there. */
    FileSource(Path file) throws IOException {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        boolean enough = isMadeOfItsName(file);
        name = enough ? file.toString().getBytes(StandardCharsets.UTF_8) : null;
        path = enough ? null : file;
        bytes = attributes.size();
        Instant changed = attributes.lastModifiedTime().toInstant();
        changedSecond = changed.getEpochSecond();
        changedNano = changed.getNano();
    }

    /** Not so of a name in another encoding than the file system's, which is shown with marks in the place of what cannot be read. */
    private static boolean isMadeOfItsName(Path file) {
        try {
            String name = new String(file.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
            return Path.of(name).equals(file);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private Path path() {
        return path != null ? path : Path.of(name());
    }

    @Override
    public String name() {
        return path != null ? path.toString() : new String(name, StandardCharsets.UTF_8);
    }

    @Override
    public String place() {
        return path().toAbsolutePath().normalize().toString();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public Instant changed() {
        return Instant.ofEpochSecond(changedSecond, changedNano);
    }

    @Override
    public boolean isStream() {
        return !Files.isRegularFile(path());
    }

    @Override
    public InputStream open(CountingStream.Counter counter) throws IOException {
        return CorpusFiles.openText(path(), counter);
    }
}
