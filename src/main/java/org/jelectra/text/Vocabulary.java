package org.jelectra.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.io.AtomicFile;
import org.jelectra.io.Sha256;
import org.jelectra.text.corpus.Utf8LineReader;

/**
 * A WordPiece vocabulary: token i is line i of a UTF-8 text file, counted from 0. A token beginning with {@value #CONTINUATION}
 * continues a word. The five special tokens are found by name, whatever their ids. Immutable and safe for use by several threads.
 */
public final class Vocabulary {

    /** Beginning of a token that continues a word. */
    public static final String CONTINUATION = "##";

    private static final String PAD = "[PAD]";
    private static final String UNKNOWN = "[UNK]";
    private static final String CLS = "[CLS]";
    private static final String SEP = "[SEP]";
    private static final String MASK = "[MASK]";
    private static final List<String> SPECIAL = List.of(PAD, UNKNOWN, CLS, SEP, MASK);

    private final List<String> tokens;
    private final PieceTable pieces;
    private final int padId;
    private final int unknownId;
    private final int clsId;
    private final int sepId;
    private final int maskId;

    private Vocabulary(List<String> tokens, String source) throws IOException {
        checkTokens(tokens, source);
        this.tokens = List.copyOf(tokens);
        this.pieces = new PieceTable(this.tokens);
        List<String> missing =
                SPECIAL.stream().filter(token -> pieces.find(token) < 0).toList();
        if (!missing.isEmpty()) {
            throw new IOException(source + ": vocabulary lacks the special token" + (missing.size() > 1 ? "s " : " ")
                    + String.join(", ", missing) + " (one token per line is expected)");
        }
        padId = id(PAD);
        unknownId = id(UNKNOWN);
        clsId = id(CLS);
        sepId = id(SEP);
        maskId = id(MASK);
    }

    /** Reads a vocabulary file; errors as for {@link #load(InputStream, String)}. */
    public static Vocabulary load(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": expected a vocabulary, a file with a token a line; found a directory");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return load(in, file.toString());
        }
    }

    /**
     * Reads a vocabulary. ASCII white space at the end of a line does not belong to the token (but U+2028 does, a token of BERT's Chinese
     * vocabulary); a final empty line is ignored.
     *
     * @param sourceName what to call the input in an error message
     * @throws IOException if it is empty, is not UTF-8, holds an empty line or a token twice (the message names the lines),
     *     or lacks one of [PAD], [UNK], [CLS], [SEP], [MASK]
     */
    public static Vocabulary load(InputStream in, String sourceName) throws IOException {
        List<String> tokens = new ArrayList<>();
        Utf8LineReader reader = new Utf8LineReader(in, sourceName, Integer.MAX_VALUE);
        for (String line = reader.next(); line != null; line = reader.next()) {
            tokens.add(stripEnd(line));
        }
        return new Vocabulary(tokens, sourceName);
    }

    /**
     * A vocabulary of the given tokens.
     *
     * @throws IllegalArgumentException as {@link #load(InputStream, String)} would report the list as a file
     */
    public static Vocabulary of(List<String> tokens) {
        try {
            return new Vocabulary(tokens, "token list");
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** The 30,522 tokens of the uncased English vocabulary published with BERT, which ELECTRA uses; bundled. */
    public static Vocabulary bertUncased() {
        String resource = "bert-base-uncased-vocab.txt";
        try (InputStream in = Vocabulary.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + resource + " is missing from this build");
            }
            return load(in, resource);
        } catch (IOException e) {
            throw new IllegalStateException("the bundled vocabulary is damaged", e);
        }
    }

    /** Number of tokens; ids are 0 to size - 1. */
    public int size() {
        return tokens.size();
    }

    /** The id of a token written as in the file (a continuation with its {@code ##}), or -1 if there is none. */
    public int id(String token) {
        return pieces.find(token);
    }

    /**
     * The token of an id.
     *
     * @throws IndexOutOfBoundsException if id is not in [0, size)
     */
    public String token(int id) {
        if (id < 0 || id >= tokens.size()) {
            throw new IndexOutOfBoundsException("token id " + id + " is not in [0, " + tokens.size() + ")");
        }
        return tokens.get(id);
    }

    /** Id of [PAD]. */
    public int padId() {
        return padId;
    }

    /** Id of [UNK]. */
    public int unknownId() {
        return unknownId;
    }

    /** Id of [CLS]. */
    public int clsId() {
        return clsId;
    }

    /** Id of [SEP]. */
    public int sepId() {
        return sepId;
    }

    /** Id of [MASK]. */
    public int maskId() {
        return maskId;
    }

    /** Whether a token goes on with the word of the token before it. */
    public boolean isContinuation(int id) {
        return PieceTable.isContinuation(tokens.get(id));
    }

    /** Writes the tokens, one per line with a line feed, so that {@link #load(Path)} gives an equal vocabulary; atomically. */
    public void write(Path file) throws IOException {
        AtomicFile.write(file, text());
    }

    /** SHA-256 of the file that {@link #write} makes, in hexadecimal: equal for vocabularies that give equal ids. */
    public String sha256() {
        return Sha256.of(text().getBytes(StandardCharsets.UTF_8));
    }

    private String text() {
        return String.join("\n", tokens) + "\n";
    }

    PieceTable pieces() {
        return pieces;
    }

    private static void checkTokens(List<String> tokens, String source) throws IOException {
        if (tokens.isEmpty()) {
            throw new IOException(source + ": vocabulary is empty, expected one token per line");
        }
        CharsetEncoder utf8 = StandardCharsets.UTF_8.newEncoder();
        Map<String, Integer> lines = new HashMap<>();
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            if (token.isEmpty()) {
                throw new IOException(source + ", line " + (i + 1) + ": empty, expected a token");
            }
            String wrong = unwritable(token, i == 0, utf8);
            if (wrong != null) {
                throw new IOException(source + ", line " + (i + 1)
                        + ": expected a token that a line of UTF-8 holds, found one with " + wrong);
            }
            Integer earlier = lines.putIfAbsent(token, i + 1);
            if (earlier != null) {
                throw new IOException(
                        source + ", line " + (i + 1) + ": token \"" + token + "\" is already on line " + earlier);
            }
        }
    }

    private static String stripEnd(String line) {
        int end = line.length();
        while (end > 0
                && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) >= '\t' && line.charAt(end - 1) <= '\r')) {
            end--;
        }
        return line.substring(0, end);
    }

    /** What a file would not have in its line, and so make another vocabulary of the list; null where there is nothing. */
    private static String unwritable(String token, boolean first, CharsetEncoder utf8) {
        if (token.indexOf('\n') >= 0) {
            return "a line feed";
        }
        if (!token.equals(stripEnd(token))) {
            return "white space at its end";
        }
        if (!utf8.canEncode(token)) {
            return "half of a surrogate pair";
        }
        return first && token.startsWith("\uFEFF") ? "a byte order mark" : null;
    }
}
