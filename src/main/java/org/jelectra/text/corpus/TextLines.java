package org.jelectra.text.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Path;

/** The lines of a UTF-8 text file, unpacked where its name ends in .gz or .xz. Wrong bytes are reported by line. */
public final class TextLines implements AutoCloseable {

    private static final int MAX_LINE_BYTES = 1 << 24;

    private final String file;
    private final InputStream in;
    private final Utf8LineReader lines;
    private final MalformedBytes malformed;

    private TextLines(String file, InputStream in, InvalidUtf8 action) {
        this.file = file;
        this.in = in;
        malformed = new MalformedBytes(action);
        lines = new Utf8LineReader(in, file, MAX_LINE_BYTES, CorpusPosition.START, malformed);
    }

    /** Opens a file in which bytes that are not UTF-8 are an error. Throws IOException as {@link #open(Path, InvalidUtf8)}. */
    public static TextLines open(Path file) throws IOException {
        return open(file, InvalidUtf8.STOP);
    }

    /**
     * Opens a file.
     *
     * @throws IOException if it cannot be read or unpacked, or is packed in another way
     */
    public static TextLines open(Path file, InvalidUtf8 action) throws IOException {
        String name = file.toString();
        var in = new PushbackInputStream(
                CorpusFiles.openText(file, new CountingStream.Counter()), TarArchive.HEADER_BYTES);
        TextLines lines = new TextLines(name, in, action);
        try {
            BinaryFormat.refuse(in, name);
            TarArchive.refuse(in, name);
        } catch (IOException e) {
            in.close();
            throw lines.unreadable(e);
        }
        return lines;
    }

    /** The lines of a stream; {@code name} is what errors call it. */
    public static TextLines of(InputStream in, String name, InvalidUtf8 action) {
        return new TextLines(name, in, action);
    }

    /**
     * The next line without its end, or null after the last.
     *
     * @throws IOException if it is not UTF-8 or longer than 16 MiB, or the file cannot be unpacked; the message names file and
     *     line
     */
    public String next() throws IOException {
        String line;
        try {
            line = lines.next();
        } catch (IOException e) {
            throw unreadable(e);
        }
        if (lines.withinLine()) {
            throw new IOException(file + ":" + lines.lineNumber() + ": a line is longer than 16 MiB");
        }
        return line;
    }

    /** Whether the next line would have to be waited for, as where a person or a program writes them, or there is none. */
    public boolean wouldWait() throws IOException {
        return lines.wouldWait();
    }

    private IOException unreadable(IOException e) {
        String message = e.getMessage();
        return message != null && message.startsWith(file)
                ? e
                : new IOException(file + ": cannot be read: " + CorpusFiles.reason(e), e);
    }

    /** Number of the line read last, from 1. */
    public long lineNumber() {
        return lines.lineNumber();
    }

    /** What was read as U+FFFD so far. */
    public Replacements replaced() {
        return malformed.replaced();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
