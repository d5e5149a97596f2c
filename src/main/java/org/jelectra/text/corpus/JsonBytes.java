package org.jelectra.text.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import org.jelectra.io.Json;

/**
 * The bytes of a JSON Lines file, with their place for error messages, and the parts of JSON's grammar (RFC 8259) that need no
 * memory. Numbers and literals are checked for their characters only, brackets for their balance.
 */
final class JsonBytes {

    static final int END = -1;

    private static final int BUFFER_BYTES = 1 << 16;
    /** Deeper nesting is taken for damage. */
    private static final int MAX_DEPTH = 1000;

    private final InputStream in;
    private final String source;
    private final MalformedBytes malformed;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int limit;
    private long bufferStart;
    private long line;

    /** @param position where {@code in} stands */
    JsonBytes(InputStream in, String source, CorpusPosition position, MalformedBytes malformed) {
        this.in = in;
        this.source = source;
        this.malformed = malformed;
        this.bufferStart = position.offset();
        this.line = position.line();
    }

    /** Offset of the next byte. */
    long offset() {
        return bufferStart + at;
    }

    /** Lines that ended before the next byte. */
    long line() {
        return line;
    }

    /** The next byte (0 to 255) without taking it, or {@link #END}. */
    int peek() throws IOException {
        if (at == limit) {
            bufferStart += limit;
            at = 0;
            limit = Math.max(0, in.read(buffer, 0, buffer.length));
            if (limit == 0) {
                return END;
            }
        }
        return buffer[at] & 0xFF;
    }

    /** Takes a byte order mark where the file begins with one. */
    void skipMark() throws IOException {
        if (offset() == 0 && peek() == 0xEF && character() != 0xFEFF) {
            throw error("expected an object or a byte order mark, found 0xEF");
        }
    }

    /** Takes the next byte. */
    int take() throws IOException {
        int value = peek();
        if (value != END) {
            at++;
            line += value == '\n' ? 1 : 0;
        }
        return value;
    }

    /** Takes blanks, and line feeds too if they may come here; returns what follows without taking it. */
    int skipSpace(boolean overLines) throws IOException {
        int value = peek();
        while (value == ' ' || value == '\t' || value == '\r' || overLines && value == '\n') {
            take();
            value = peek();
        }
        return value;
    }

    /** Takes one certain byte after blanks. */
    void expect(char wanted) throws IOException {
        int value = skipSpace(false);
        if (value != wanted) {
            throw error("expected '" + wanted + "', found " + describe(value));
        }
        take();
    }

    /** Takes a value of any kind, except that a string's opening quotation mark has been seen only. */
    void skipValue() throws IOException {
        byte[] closing = new byte[MAX_DEPTH];
        int depth = 0;
        do {
            int value = skipSpace(false);
            if (value == '"') {
                skipString();
            } else if (value == '{' || value == '[') {
                if (depth == MAX_DEPTH) {
                    throw error("more than " + MAX_DEPTH + " brackets within each other");
                }
                closing[depth++] = (byte) (value == '{' ? '}' : ']');
                take();
            } else if (value == '}' || value == ']') {
                if (depth == 0 || closing[--depth] != value) {
                    throw error("the bracket " + describe(value) + " closes nothing");
                }
                take();
            } else if ((value == ',' || value == ':') && depth > 0) {
                take();
            } else {
                skipLiteral(value);
            }
        } while (depth > 0);
    }

    private void skipLiteral(int first) throws IOException {
        int value = first;
        int length = 0;
        while (value >= 'a' && value <= 'z' || value >= '0' && value <= '9' || "+-.E".indexOf(value) >= 0) {
            take();
            length++;
            value = peek();
        }
        if (length == 0) {
            throw error("expected a value, found " + describe(value));
        }
    }

    private void skipString() throws IOException {
        take();
        for (int value = takeWithinString(); value != '"'; value = takeWithinString()) {
            if (value == '\\') {
                takeWithinString();
            }
        }
    }

    private int takeWithinString() throws IOException {
        int value = peek();
        if (value == END || value == '\n') {
            throw error("a string does not end");
        }
        return take();
    }

    /** The next character within a string as a code point (a lone \\u surrogate as it is), or {@link #END} at its end. */
    int character() throws IOException {
        int value = takeWithinString();
        if (value == '"') {
            return END;
        }
        if (value == '\\') {
            return escape();
        }
        if (value >= 0x20 && value < 0x80) {
            return value;
        }
        if (value < 0x20) {
            throw error("a control character within a string, found " + describe(value));
        }
        return multiByte(value);
    }

    private int escape() throws IOException {
        int value = takeWithinString();
        return switch (value) {
            case '"', '\\', '/' -> value;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int unit = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = takeWithinString();
                    int number = digit > 0x7F ? -1 : Character.digit(digit, 16);
                    if (number < 0) {
                        throw error("expected four hexadecimal digits after \\u, found " + describe(digit));
                    }
                    unit = unit << 4 | number;
                }
                yield unit;
            }
            default -> throw error("no escape begins with a backslash and " + describe(value));
        };
    }

    // The second byte's range keeps out overlong forms, surrogates and what is above U+10FFFF (Unicode 16, table 3-7).
    // What is malformed ends before the first byte that cannot follow, as in the decoders of the JDK.
    private int multiByte(int first) throws IOException {
        long place = offset() - 1;
        int more = first < 0xC2 || first > 0xF4 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
        int least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        int codePoint = first & 0x3F >> more;
        for (int i = 0; i < more && peek() >= least && peek() <= most; i++) {
            codePoint = codePoint << 6 | take() & 0x3F;
            least = 0x80;
            most = 0xBF;
        }
        if (more == 0 || offset() - place <= more) {
            malformed.meet(source, line + 1, place, first);
            return 0xFFFD;
        }
        return codePoint;
    }

    /** An error in the current line. */
    IOException error(String what) {
        return new IOException(source + ", line " + (line + 1) + ": " + what);
    }

    static String describe(int value) {
        if (value == END) {
            return "the end of the file";
        }
        if (value == '\n') {
            return "the end of the line" + Json.JOIN_OBJECT;
        }
        return value > 0x20 && value < 0x7F ? "'" + (char) value + "'" : String.format(Locale.ROOT, "0x%02X", value);
    }
}
