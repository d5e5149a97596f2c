package org.jelectra.text.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import org.jelectra.io.Sha256;

/**
 * UTF-8 text files. In plain text each line is a paragraph, blank lines stand between documents, and the end of a file ends a
 * document; or else blank lines stand between paragraphs too, see {@link BlankLines}. In JSON Lines ({@code .jsonl}, {@code
 * .ndjson}, {@code .json}) each line is an object, and one of its fields a document. Either may be compressed ({@code .gz}, {@code
 * .xz}). Nothing is read before {@link #documents()}, and never more than a stretch of
 * one document is held.
 */
public final class Corpus {

    /** Field of a JSON Lines object that holds the text, where nothing else is asked for. */
    public static final String DEFAULT_TEXT_FIELD = "text";

    /** A named input that can be opened again and again. */
    interface Source {
        /** For messages, and to tell which files a text is made of. */
        String name();

        /** Where it is, from whatever folder it was named; its name where it is no file. */
        String place();

        /** Its size as stored, 0 if unknown. */
        long bytes();

        /** When it was changed last, the epoch if unknown. */
        Instant changed();

        /** Whether it is gone once it is read, as what comes through a pipe. */
        boolean isStream();

        /** Its text, unpacked; {@code counter} sees the bytes as stored. */
        InputStream open(CountingStream.Counter counter) throws IOException;
    }

    /** The text in a resource of this library. */
    private record Sample(String name) implements Source {

        @Override
        public String place() {
            return name;
        }

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public Instant changed() {
            return Instant.EPOCH;
        }

        @Override
        public boolean isStream() {
            return false;
        }

        @Override
        public InputStream open(CountingStream.Counter counter) throws IOException {
            URL url = Corpus.class.getResource(name);
            if (url == null) {
                throw new IOException("the resource " + name + " is missing from this build");
            }
            return new GZIPInputStream(new CountingStream(url.openStream(), name, counter), 1 << 16);
        }
    }

    private final List<Source> sources;
    private final String textField;
    private final InvalidUtf8 invalidUtf8;
    private final BlankLines blankLines;

    private Corpus(List<Source> sources, String textField, InvalidUtf8 invalidUtf8, BlankLines blankLines) {
        this.sources = List.copyOf(sources);
        this.textField = textField;
        this.invalidUtf8 = invalidUtf8;
        this.blankLines = blankLines;
    }

    /**
     * The text of files and folders, in the given order. A folder stands for all regular files below it, sorted by path;
     * hidden ones (a leading dot) are skipped.
     *
     * @throws IOException if no path is given, a path does not exist, a folder has no file, or a file is made by prepare,
     *     whose tokens are no text
     */
    public static Corpus open(List<Path> paths) throws IOException {
        return open(paths, DEFAULT_TEXT_FIELD);
    }

    /** As {@link #open(List)}, with the name of the field that holds the text in JSON Lines files. */
    public static Corpus open(List<Path> paths, String textField) throws IOException {
        if (paths.isEmpty()) {
            throw new IOException("corpus: expected at least one file or folder, got none");
        }
        List<Source> sources = new ArrayList<>();
        for (Path path : paths) {
            CorpusFiles.addTo(sources, path);
        }
        return new Corpus(sources, textField, InvalidUtf8.STOP, BlankLines.DOCUMENTS);
    }

    /** The same text, read with another action at bytes that are not UTF-8; where nothing is said they are an error. */
    public Corpus with(InvalidUtf8 action) {
        return new Corpus(sources, textField, action, blankLines);
    }

    /** The same text with another meaning of blank lines; where nothing is said they separate documents. */
    public Corpus with(BlankLines meaning) {
        return new Corpus(sources, textField, invalidUtf8, meaning);
    }

    /** The bundled sample: 538 documents of CC0 and public-domain English, 4.25 MB. */
    public static Corpus sample() {
        return new Corpus(
                List.of(new Sample("sample-corpus.txt.gz")),
                DEFAULT_TEXT_FIELD,
                InvalidUtf8.STOP,
                BlankLines.DOCUMENTS);
    }

    /** Begins to read from the first document on; the caller closes the reader. */
    public DocumentReader documents() {
        return documents(CorpusPosition.START);
    }

    /** Goes on reading where an earlier reader stood; the caller closes the reader. */
    public DocumentReader documents(CorpusPosition position) {
        return new DocumentReader(sources, textField, invalidUtf8, blankLines, position);
    }

    /** The names of the files, in reading order. */
    public List<String> sources() {
        return sources.stream().map(Source::name).toList();
    }

    /** Size of all files as they are stored; a bundled one counts as 0. */
    public long bytes() {
        return sources.stream().mapToLong(Source::bytes).sum();
    }

    /** Which files these are: others, or the same ones in another order or of other sizes, give another value. */
    public InputFiles inputs() {
        return new InputFiles(sources.size(), bytes(), sources.get(0).name(), sha256(Source::name));
    }

    /** As the hash of {@link #inputs}, but that the same files named in another way, by absolute paths for example, give the same value. */
    public String placesSha256() {
        return sha256(Source::place);
    }

    private String sha256(Function<Source, String> nameOf) {
        MessageDigest digest = Sha256.digest();
        for (Source source : sources) {
            byte[] name = nameOf.apply(source).getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(name.length).flip());
            digest.update(name);
            digest.update(
                    ByteBuffer.allocate(Long.BYTES).putLong(source.bytes()).flip());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** When the files were changed last: a file may be changed and keep its size. */
    public InputTimes inputTimes() {
        MessageDigest digest = Sha256.digest();
        Instant latest = Instant.MIN;
        for (Source source : sources) {
            Instant changed = source.changed();
            digest.update(ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                    .putLong(changed.getEpochSecond())
                    .putInt(changed.getNano())
                    .flip());
            latest = changed.isAfter(latest) ? changed : latest;
        }
        return new InputTimes(latest, HexFormat.of().formatHex(digest.digest()));
    }

    /** The name of the first file that can be read once only, such as a pipe; null where all can be read again. */
    public String stream() {
        return sources.stream()
                .filter(Source::isStream)
                .map(Source::name)
                .findFirst()
                .orElse(null);
    }

    /** The files in a few words, for messages. */
    public String description() {
        return describe(sources);
    }

    static String describe(List<Source> sources) {
        String first = sources.get(0).name();
        return sources.size() == 1 ? first : sources.size() + " files from " + first + " on";
    }

    /** Field of a JSON Lines object that holds the text. */
    public String textField() {
        return textField;
    }

    /** What is done at bytes that are not UTF-8. */
    public InvalidUtf8 invalidUtf8() {
        return invalidUtf8;
    }

    /** What blank lines of plain text separate. */
    public BlankLines blankLines() {
        return blankLines;
    }
}
