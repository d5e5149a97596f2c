package org.jelectra.text;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;

/** Reads the documents of a {@link Corpus} one after another. Not safe for use by several threads. */
public final class DocumentReader implements AutoCloseable {

    /** A document of more characters is handed out in stretches of about this size. */
    static final int MAX_CHARACTERS = 1 << 20;
    /** A longer line is cut at a space: some corpora are a single line. */
    private static final int MAX_LINE_BYTES = 1 << 20;

    private final List<Corpus.Source> sources;
    private int nextSource;
    private String sourceName;
    private InputStream in;
    private Utf8LineReader lines;
    private int documents;
    private boolean within;

    DocumentReader(List<Corpus.Source> sources) {
        this.sources = sources;
    }

    /**
     * The next document or stretch of one, or null after the last.
     *
     * @throws IOException if a file cannot be read or is not UTF-8 (the message names file, line and byte), or if there is
     *     no text in any file
     */
    public Document next() throws IOException {
        List<String> stretch = new ArrayList<>();
        int characters = 0;
        while (lines != null || openNext()) {
            String line = readLine();
            if (line != null && !line.isBlank()) {
                stretch.add(line);
                characters += line.length();
                if (characters >= MAX_CHARACTERS) {
                    return document(stretch, true);
                }
                continue;
            }
            String endedSource = sourceName;
            if (line == null) {
                close();
            }
            if (!stretch.isEmpty()) {
                return document(stretch, false, endedSource);
            }
            within = false;
        }
        if (documents == 0) {
            throw new IOException("corpus: no text in " + describeSources());
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        if (in != null) {
            in.close();
        }
        in = null;
        lines = null;
    }

    private Document document(List<String> stretch, boolean goesOn) {
        return document(stretch, goesOn, sourceName);
    }

    private Document document(List<String> stretch, boolean goesOn, String source) {
        boolean continued = within;
        if (!continued) {
            documents++;
        }
        within = goesOn;
        return new Document(stretch, source, documents - 1, continued);
    }

    private boolean openNext() throws IOException {
        if (nextSource == sources.size()) {
            return false;
        }
        Corpus.Source source = sources.get(nextSource++);
        sourceName = source.name();
        in = source.open();
        lines = new Utf8LineReader(in, sourceName, MAX_LINE_BYTES);
        return true;
    }

    private String readLine() throws IOException {
        try {
            return lines.next();
        } catch (EOFException e) {
            throw new IOException(sourceName + ": the gzip data ends too early (truncated?)", e);
        } catch (ZipException e) {
            throw new IOException(sourceName + ": damaged gzip data: " + e.getMessage(), e);
        }
    }

    private String describeSources() {
        return sources.size() == 1
                ? sources.get(0).name()
                : sources.size() + " files from " + sources.get(0).name() + " on";
    }
}
