package org.jelectra.text.corpus;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PushbackInputStream;

/**
 * Tells JSON Lines under a name that does not say so from text. As text they would be trained on silently, braces, names of fields
 * and escapes included: tools that extract text from dumps write such files without any ending.
 */
final class UnnamedJsonLines {

    /** Bytes that are looked at; a stream must be able to take back so many. */
    static final int LOOK_AHEAD = 1 << 16;

    /** Enough for a mark and some blank lines. */
    private static final int FIRST_BYTES = 256;

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private UnnamedJsonLines() {}

    /**
     * Looks at the beginning of a text and puts it back.
     *
     * @param field of a JSON Lines object that would hold the text
     * @throws IOException if it cannot be read, or its first line that is not blank is an object with that field, as far as it is
     *     looked at
     */
    static void refuse(PushbackInputStream in, String name, String field) throws IOException {
        byte[] start = in.readNBytes(FIRST_BYTES);
        in.unread(start);
        if (!beginsWithBrace(start)) {
            return;
        }
        byte[] head = in.readNBytes(LOOK_AHEAD);
        in.unread(head);
        if (isObjectWith(field, head)) {
            String compression = FileNames.compression(name);
            String ending = ".jsonl" + (compression.equals("none") ? "" : compression.equals("gzip") ? ".gz" : ".xz");
            throw new IOException(name + ": expected text, found JSON Lines with the field \"" + field
                    + "\", under a name that does not say so; rename it to end in " + ending);
        }
    }

    private static boolean beginsWithBrace(byte[] bytes) {
        int at = 0;
        while (at < Math.min(bytes.length, BYTE_ORDER_MARK.length) && bytes[at] == BYTE_ORDER_MARK[at]) {
            at++;
        }
        while (at < bytes.length && " \t\r\n".indexOf(bytes[at]) >= 0) {
            at++;
        }
        return at < bytes.length && bytes[at] == '{';
    }

    private static boolean isObjectWith(String field, byte[] head) {
        JsonLines lines = new JsonLines(
                new ByteArrayInputStream(head),
                "",
                field,
                CorpusPosition.START,
                new MalformedBytes(InvalidUtf8.REPLACE));
        try {
            while (lines.next() == TextSource.Event.LINE) {
                // its text goes on
            }
            return true;
        } catch (IOException e) {
            // a long line goes on behind what is looked at
            return head.length == LOOK_AHEAD && lines.offset() == LOOK_AHEAD && lines.hasFoundText();
        }
    }
}
