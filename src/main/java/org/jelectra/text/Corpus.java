package org.jelectra.text;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Plain UTF-8 text files (also {@code .gz}): each line a paragraph, blank lines between documents, and the end of a file ends
 * a document. Nothing is read before {@link #documents()}, and never more than one document stretch is held.
 */
public final class Corpus {

    /** A named input that can be opened again and again. */
    record Source(String name, Opener opener) {

        InputStream open() throws IOException {
            return opener.open();
        }
    }

    @FunctionalInterface
    interface Opener {
        InputStream open() throws IOException;
    }

    private static final int BUFFER_BYTES = 1 << 16;

    private final List<Source> sources;

    private Corpus(List<Source> sources) {
        this.sources = List.copyOf(sources);
    }

    /**
     * The text of files and folders, in the given order. A folder stands for all regular files below it, sorted by path;
     * hidden ones (a leading dot) are skipped.
     *
     * @throws IOException if no path is given, a path does not exist, or a folder has no file
     */
    public static Corpus open(List<Path> paths) throws IOException {
        if (paths.isEmpty()) {
            throw new IOException("corpus: expected at least one file or folder, got none");
        }
        List<Source> sources = new ArrayList<>();
        for (Path path : paths) {
            for (Path file : CorpusFiles.list(path)) {
                sources.add(new Source(file.toString(), () -> openFile(file)));
            }
        }
        return new Corpus(sources);
    }

    /** The bundled sample: 538 documents of CC0 and public-domain English, 4.25 MB. */
    public static Corpus sample() {
        String resource = "sample-corpus.txt.gz";
        return new Corpus(List.of(new Source(resource, () -> {
            InputStream in = Corpus.class.getResourceAsStream(resource);
            if (in == null) {
                throw new IOException("the resource " + resource + " is missing from this build");
            }
            return unzip(in, resource);
        })));
    }

    /** Begins to read from the first document on; the caller closes the reader. */
    public DocumentReader documents() {
        return new DocumentReader(sources);
    }

    /** The names of the files, in reading order. */
    public List<String> sources() {
        return sources.stream().map(Source::name).toList();
    }

    private static InputStream openFile(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        return file.getFileName().toString().endsWith(".gz") ? unzip(in, file.toString()) : in;
    }

    private static InputStream unzip(InputStream in, String name) throws IOException {
        try {
            return new GZIPInputStream(new BufferedInputStream(in, BUFFER_BYTES), BUFFER_BYTES);
        } catch (IOException e) {
            in.close();
            throw new IOException(name + ": not readable as gzip: " + e.getMessage(), e);
        }
    }
}
