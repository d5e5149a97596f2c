package org.jelectra.text.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.io.Json;

/**
 * JSON Lines: every line an object, one field of it the text of a document; line feeds within the text end paragraphs, null is
 * an empty document, other fields are passed over. The text is handed out as it is read, so that a document of any length fits.
 */
final class JsonLines implements TextSource {

    /** Longer names of fields are taken for damage. */
    private static final int MAX_NAME = 1 << 16;

    private static final int NAMES_SHOWN = 8;
    private final JsonBytes bytes;
    private final String field;
    private final StringBuilder piece = new StringBuilder();
    private final List<String> otherFields = new ArrayList<>();
    private boolean withinObject;
    private boolean withinText;
    private boolean found;
    private boolean any;
    private String line;

    JsonLines(InputStream in, String name, String field, CorpusPosition start, MalformedBytes malformed) {
        this.bytes = new JsonBytes(in, name, start, malformed);
        this.field = field;
    }

    @Override
    public Event next() throws IOException {
        if (!withinObject) {
            bytes.skipMark();
            int first = bytes.skipSpace(true);
            if (first == JsonBytes.END) {
                return Event.END;
            }
            if (first != '{') {
                throw bytes.error(
                        "expected an object such as {\"" + field + "\": \"...\"}, found " + JsonBytes.describe(first)
                                + (first == '[' ? ", which begins an array" + Json.DIVIDE_ARRAY : ""));
            }
            begin();
        }
        while (true) {
            if (withinText) {
                if (readPiece()) {
                    any = true;
                    return Event.LINE;
                }
            } else if (endsObject()) {
                endLine();
                return any ? Event.DOCUMENT_END : Event.EMPTY_DOCUMENT;
            } else {
                readField();
            }
        }
    }

    private void begin() throws IOException {
        bytes.take();
        withinObject = true;
        found = false;
        any = false;
        otherFields.clear();
    }

    private boolean endsObject() throws IOException {
        int value = bytes.skipSpace(false);
        boolean first = !found && otherFields.isEmpty();
        if (value == '}') {
            bytes.take();
            return true;
        }
        if (!first) {
            bytes.expect(',');
        }
        return false;
    }

    private void readField() throws IOException {
        bytes.expect('"');
        StringBuilder name = new StringBuilder();
        for (int c = bytes.character(); c != JsonBytes.END; c = bytes.character()) {
            name.appendCodePoint(c);
            if (name.length() > MAX_NAME) {
                throw bytes.error("the name of a field has more than " + MAX_NAME + " characters");
            }
        }
        bytes.expect(':');
        int value = bytes.skipSpace(false);
        if (!field.contentEquals(name)) {
            if (otherFields.size() < NAMES_SHOWN) {
                otherFields.add(name.toString());
            }
            bytes.skipValue();
            return;
        }
        if (found) {
            throw bytes.error("the field \"" + field + "\" appears twice");
        }
        found = true;
        if (value == '"') {
            bytes.take();
            withinText = true;
        } else if (value == 'n') {
            bytes.skipValue();
        } else {
            throw bytes.error("field \"" + field + "\": expected a string, found " + JsonBytes.describe(value));
        }
    }

    /** Whether the current object has the field that holds the text, as far as it is read. */
    boolean hasFoundText() {
        return found;
    }

    // Goes on to the next paragraph that is not blank; false if the text ended before.
    private boolean readPiece() throws IOException {
        while (withinText) {
            int c = bytes.character();
            if (c == JsonBytes.END) {
                withinText = false;
            } else if (c != '\n') {
                piece.appendCodePoint(c);
            }
            boolean full = piece.length() >= DocumentReader.MAX_CHARACTERS;
            if (c == '\n' || c == JsonBytes.END || full) {
                line = cut(full);
                if (!BlankLines.isBlank(line)) {
                    return true;
                }
            }
        }
        return false;
    }

    // All of the piece; if it is full, up to its last space.
    private String cut(boolean full) {
        int space = full ? piece.lastIndexOf(" ") : -1;
        int end = space > 0 ? space : piece.length();
        // the two halves of a surrogate pair may come as two escapes
        if (full && space <= 0 && Character.isHighSurrogate(piece.charAt(end - 1))) {
            end--;
        }
        String text = piece.substring(0, end);
        piece.delete(0, Math.min(piece.length(), space > 0 ? end + 1 : end));
        return text;
    }

    private void endLine() throws IOException {
        if (!found) {
            throw bytes.error("no field \"" + field + "\" here, only " + String.join(", ", otherFields)
                    + "; name the one that holds the text with --text-field, or leave the file out");
        }
        int value = bytes.skipSpace(false);
        if (value != '\n' && value != JsonBytes.END) {
            throw bytes.error("expected the end of the line after the object, found " + JsonBytes.describe(value));
        }
        bytes.take();
        withinObject = false;
    }

    @Override
    public String line() {
        return line;
    }

    @Override
    public long offset() {
        return bytes.offset();
    }

    @Override
    public CorpusPosition position() {
        return withinObject ? null : new CorpusPosition(0, bytes.offset(), bytes.line(), false, 0, false);
    }
}
