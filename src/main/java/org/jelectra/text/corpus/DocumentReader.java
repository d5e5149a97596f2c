package org.jelectra.text.corpus;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.XZIOException;

/** Reads the documents of a {@link Corpus} one after another. Not safe for use by several threads. */
public final class DocumentReader implements AutoCloseable {

    /** A document of more characters is handed out in stretches of about this size, and a longer line is cut. */
    static final int MAX_CHARACTERS = 1 << 18;
    /** What a line costs besides its characters: without it, a document of a million empty words would fill the memory. */
    private static final int LINE_COST = 32;

    private final List<Corpus.Source> sources;
    private final String textField;
    private final MalformedBytes malformed;
    private final BlankLines blankLines;
    private final CountingStream.Counter counter = new CountingStream.Counter();
    private CorpusPosition start;
    private int nextSource;
    private String sourceName;
    private InputStream in;
    private TextSource text;
    private int documents;
    private boolean within;
    private long textBytes;
    private long startOffset;
    private long startBytes;
    private long startNanos = System.nanoTime();

    DocumentReader(
            List<Corpus.Source> sources,
            String textField,
            InvalidUtf8 invalidUtf8,
            BlankLines blankLines,
            CorpusPosition start) {
        this.sources = sources;
        this.textField = textField;
        this.malformed = new MalformedBytes(invalidUtf8);
        this.blankLines = blankLines;
        this.start = start;
        this.nextSource = start.source();
        this.documents = start.documents();
        this.within = start.withinDocument();
        for (int skipped = 0; skipped < Math.min(start.source(), sources.size()); skipped++) {
            counter.add(sources.get(skipped).bytes());
        }
        startBytes = counter.bytes();
    }

    /**
     * The next document or stretch of one, or null after the last. An empty document of a JSON Lines file has no lines.
     *
     * @throws IOException if a file cannot be read or is malformed (the message names file, line and byte), or if there is
     *     no text in any file
     */
    public Document next() throws IOException {
        List<String> stretch = new ArrayList<>();
        int size = 0;
        while (text != null || openNext()) {
            String source = sourceName;
            TextSource.Event event = nextEvent();
            if (event == TextSource.Event.LINE) {
                stretch.add(text.line());
                size += text.line().length() + LINE_COST;
                if (size >= MAX_CHARACTERS) {
                    return document(stretch, true, source);
                }
                continue;
            }
            if (event == TextSource.Event.END) {
                close();
            }
            if (!stretch.isEmpty() || event == TextSource.Event.EMPTY_DOCUMENT) {
                return document(stretch, false, source);
            }
            within = false;
        }
        if (documents == 0) {
            throw new IOException("no text in " + Corpus.describe(sources));
        }
        return null;
    }

    /**
     * Where another reader can go on after what {@link #next()} returned last; null within a document of a JSON Lines file.
     */
    public CorpusPosition position() {
        if (text == null) {
            return start.source() == nextSource && start.offset() > 0
                    ? start
                    : new CorpusPosition(nextSource, 0, 0, false, documents, within);
        }
        CorpusPosition at = text.position();
        return at == null
                ? null
                : new CorpusPosition(nextSource - 1, at.offset(), at.line(), at.withinLine(), documents, within);
    }

    /** Bytes of text handed out by this reader, after unpacking. */
    public long textBytes() {
        return textBytes + (text == null ? 0 : text.offset() - startOffset);
    }

    /** What this reader has handed out U+FFFD for. */
    public Replacements replaced() {
        return malformed.replaced();
    }

    /** Bytes of the files read so far, as they are stored; may be called by any thread. */
    public long bytesRead() {
        return counter.bytes();
    }

    /**
     * Bytes of the files before the place where this reader began, as they are stored; within a file it is known once that is read.
     * Called by the thread that reads.
     */
    public long startBytes() {
        return startBytes;
    }

    /** When this reader was at {@link #startBytes}, by {@link System#nanoTime}. */
    public long startNanos() {
        return startNanos;
    }

    @Override
    public void close() throws IOException {
        textBytes = textBytes();
        if (in != null) {
            in.close();
        }
        in = null;
        text = null;
    }

    private Document document(List<String> stretch, boolean goesOn, String source) throws IOException {
        boolean continued = within;
        if (!continued) {
            if (documents == Integer.MAX_VALUE) {
                throw new IOException(source + ": the corpus reaches 2^31 documents here; use parts of it");
            }
            documents++;
        }
        within = goesOn;
        return new Document(stretch, source, documents - 1, continued, goesOn);
    }

    private boolean openNext() throws IOException {
        if (nextSource >= sources.size()) {
            return false;
        }
        Corpus.Source source = sources.get(nextSource);
        sourceName = source.name();
        CorpusPosition from = nextSource == start.source() ? start : CorpusPosition.START;
        var opened = new PushbackInputStream(source.open(counter), UnnamedJsonLines.LOOK_AHEAD);
        in = opened;
        nextSource++;
        startOffset = from.offset();
        boolean isJsonLines = FileNames.isJsonLines(sourceName);
        try {
            BinaryFormat.refuse(opened, sourceName);
            TarArchive.refuse(opened, sourceName);
            if (!isJsonLines) {
                UnnamedJsonLines.refuse(opened, sourceName, textField);
            }
        } catch (IOException e) {
            throw unpacking(e);
        }
        try {
            in.skipNBytes(from.offset());
        } catch (EOFException e) {
            throw new IOException(
                    sourceName + ": ends before byte " + from.offset()
                            + ", where reading should go on; was it changed?",
                    e);
        } catch (IOException e) {
            throw unpacking(e);
        }
        if (from.offset() > 0) {
            startBytes = counter.bytes();
            startNanos = System.nanoTime();
        }
        text = isJsonLines
                ? new JsonLines(in, sourceName, textField, from, malformed)
                : new PlainText(in, sourceName, blankLines, from, malformed);
        return true;
    }

    private TextSource.Event nextEvent() throws IOException {
        try {
            return text.next();
        } catch (EOFException | ZipException | XZIOException e) {
            throw unpacking(e);
        } catch (MalformedUtf8Exception e) {
            String leaveOut =
                    sources.size() == 1 ? "" : ", leave it out (instead of its folder give the other files one by one)";
            throw new IOException(
                    e.getMessage() + "; mend the file" + leaveOut
                            + (e.isLikeUtf16()
                                    ? ""
                                    : ", or let --invalid-utf8 replace of jelectra vocab, prepare and pretrain read over it"),
                    e);
        }
    }

    private IOException unpacking(IOException e) {
        String compression = FileNames.compression(sourceName);
        if (e instanceof EOFException) {
            return new IOException(sourceName + ": the " + compression + " data ends too early (truncated?)", e);
        }
        if (e instanceof MemoryLimitException limit) {
            return new IOException(
                    sourceName + ": unpacking it takes " + mebibytes(limit.getMemoryNeeded())
                            + " MiB of memory, more than the " + mebibytes(limit.getMemoryLimit())
                            + " MiB that are allowed; unpack it, or pack it again with xz -9",
                    e);
        }
        if (e instanceof ZipException || e instanceof XZIOException) {
            return new IOException(sourceName + ": damaged " + compression + " data: " + CorpusFiles.reason(e), e);
        }
        return e;
    }

    private static int mebibytes(int kibibytes) {
        return (kibibytes + 1023) >> 10;
    }
}
