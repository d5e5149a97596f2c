package org.jelectra.text.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads lines of UTF-8 text and reports wrong bytes by line and offset, which the readers of the JDK cannot. Lines
 * end with a line feed; a carriage return before it and a byte order mark at the beginning are dropped.
 */
public final class Utf8LineReader {

    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    private final String source;
    private final int maxLineBytes;
    private final MalformedBytes malformed;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int from;
    private int to;
    private boolean atEnd;
    private long lineNumber;
    private long offset;
    private boolean cut;

    /**
     * A reader from the beginning of a text.
     *
     * @param source what errors call the text
     * @param maxLineBytes a longer line is cut at its last space before this length, or between two characters
     */
    public Utf8LineReader(InputStream in, String source, int maxLineBytes) {
        this(in, source, maxLineBytes, CorpusPosition.START, new MalformedBytes(InvalidUtf8.STOP));
    }

    /** Goes on at a position; {@code in} stands there already. */
    Utf8LineReader(InputStream in, String source, int maxLineBytes, CorpusPosition position, MalformedBytes malformed) {
        this.in = in;
        this.source = source;
        this.maxLineBytes = maxLineBytes;
        this.malformed = malformed;
        this.offset = position.offset();
        this.lineNumber = position.line();
        this.cut = position.withinLine();
    }

    /** Bytes of the text that were handed out as lines. */
    long offset() {
        return offset;
    }

    /** Number of the line handed out last, from 1. */
    long lineNumber() {
        return lineNumber;
    }

    /** Whether the line handed out last goes on. */
    boolean withinLine() {
        return cut;
    }

    /** Whether nothing is there to be read without waiting for who writes it, or at the end. */
    boolean wouldWait() throws IOException {
        return from == to && in.available() == 0;
    }

    /**
     * The next line without its end, or null after the last.
     *
     * @throws IOException if it cannot be read or is not UTF-8; the message names source, line and offset
     */
    public String next() throws IOException {
        int scanned = from;
        while (true) {
            int end = indexOfLineFeed(scanned);
            if (end >= 0) {
                return take(end, end + 1, false);
            }
            if (to - from >= maxLineBytes) {
                int space = lastSpace();
                if (space > from) {
                    return take(space, space + 1, true);
                }
                int boundary = lastCharacter();
                return take(boundary, boundary, true);
            }
            scanned = to - from;
            if (!fill()) {
                return from == to ? null : take(to, to, false);
            }
            scanned += from;
        }
    }

    private String take(int end, int next, boolean cutHere) throws IOException {
        if (!cut) {
            lineNumber++;
        }
        cut = cutHere;
        int start = from;
        int stop = end > start && buffer[end - 1] == '\r' ? end - 1 : end;
        String line = decode(start, stop);
        offset += next - start;
        from = next;
        boolean hasMark = lineNumber == 1 && offset == next - start && line.startsWith("\uFEFF");
        return hasMark ? line.substring(1) : line;
    }

    private String decode(int start, int stop) throws IOException {
        String line = new String(buffer, start, stop - start, StandardCharsets.UTF_8);
        // The constructor puts U+FFFD for wrong bytes, but the text may hold that character itself.
        if (line.indexOf('\uFFFD') >= 0) {
            CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
            ByteBuffer bytes = ByteBuffer.wrap(buffer, start, stop - start);
            CharBuffer characters = CharBuffer.allocate(line.length() + 1);
            CoderResult result = decoder.decode(bytes, characters, true);
            while (result.isError()) {
                int at = bytes.position();
                malformed.meet(source, lineNumber, offset + at - start, bytes.get(at) & 0xFF);
                bytes.position(at + result.length());
                result = decoder.decode(bytes, characters, true);
            }
        }
        return line;
    }

    private boolean fill() throws IOException {
        if (atEnd) {
            return false;
        }
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        }
        if (to == buffer.length) {
            if (buffer.length > Integer.MAX_VALUE / 2) {
                throw new IOException(source + ", line " + (lineNumber + 1) + ": longer than a gigabyte");
            }
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        int got = in.read(buffer, to, buffer.length - to);
        if (got < 0) {
            atEnd = true;
            return false;
        }
        to += got;
        return true;
    }

    private int indexOfLineFeed(int start) {
        for (int i = start; i < to; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    // Start of the last character, which may be incomplete; in wrong UTF-8 any place will do.
    private int lastCharacter() {
        int start = to - 1;
        while (start > from + 1 && start > to - 4 && (buffer[start] & 0xC0) == 0x80) {
            start--;
        }
        return start;
    }

    private int lastSpace() {
        for (int i = to - 1; i > from; i--) {
            if (buffer[i] == ' ') {
                return i;
            }
        }
        return -1;
    }
}
