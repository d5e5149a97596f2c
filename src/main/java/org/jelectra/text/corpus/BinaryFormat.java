package org.jelectra.text.corpus;

import java.io.IOException;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Tells packed files and tables from text by how they begin, whatever their names. Read as text they would be called wrong UTF-8, which
 * {@link InvalidUtf8#REPLACE} then reads over, so that a model is trained on noise.
 *
 * <p>Sources of the beginnings: RFC 1952 (gzip), the .xz File Format 1.2.1, RFC 8878 (zstd), bzip2's manual and the
 * digits of pi that begin its blocks, LZ4 Frame Format 1.6, PKWARE's APPNOTE 4.3.7 (zip), Apache Parquet's file format.
 */
final class BinaryFormat {

    private record Kind(byte[] start, String name, String remedy) {

        static Kind of(String start, String name, String remedy) {
            return new Kind(HexFormat.ofDelimiter(" ").parseHex(start), name, remedy);
        }

        boolean begins(byte[] head) {
            return head.length >= start.length && Arrays.equals(head, 0, start.length, start, 0, start.length);
        }
    }

    private static final List<Kind> PACKED = List.of(
            Kind.of("1f 8b 08", "compressed by gzip", "let its name end in .gz, or unpack it first (gzip -d)"),
            Kind.of("fd 37 7a 58 5a 00", "compressed by xz", "let its name end in .xz, or unpack it first (xz -d)"),
            Kind.of("28 b5 2f fd", "compressed by zstd", "unpack it first (zstd -d)"),
            Kind.of("04 22 4d 18", "compressed by lz4", "unpack it first (lz4 -d)"),
            Kind.of("50 4b 03 04", "in a zip archive", "unpack it first (unzip)"));

    private static final Kind PARQUET =
            Kind.of("50 41 52 31", "in a table of Apache Parquet", "write its text as JSON Lines (.jsonl) first");

    private static final Kind UTF16_LE = utf16("UTF-16LE");

    private static final Kind UTF16_BE = utf16("UTF-16BE");

    /** Its fourth byte is the size of its blocks, a digit. */
    private static final Kind BZIP2 = Kind.of("42 5a 68", "compressed by bzip2", "unpack it first (bzip2 -d)");

    private static final byte[] BZIP2_BLOCK = {0x31, 0x41, 0x59, 0x26, 0x53, 0x59};
    private static final int BZIP2_BYTES = 10;

    private BinaryFormat() {}

    /**
     * Looks at the beginning of a text and puts it back.
     *
     * @throws IOException if it cannot be read, or is that of another format
     */
    static void refuse(PushbackInputStream in, String name) throws IOException {
        byte[] head = in.readNBytes(BZIP2_BYTES);
        in.unread(head);
        Kind kind = of(head);
        if (kind != null) {
            throw new IOException(name + ": expected text, found data " + kind.name() + "; " + kind.remedy());
        }
    }

    private static Kind of(byte[] head) {
        for (Kind kind : PACKED) {
            if (kind.begins(head)) {
                return kind;
            }
        }
        boolean bzip2 = BZIP2.begins(head)
                && head.length == BZIP2_BYTES
                && Arrays.equals(
                        head, BZIP2_BYTES - BZIP2_BLOCK.length, BZIP2_BYTES, BZIP2_BLOCK, 0, BZIP2_BLOCK.length);
        // a text may begin with the letters PAR1, but not go on with a control character
        boolean parquet = PARQUET.begins(head)
                && head.length > 4
                && head[4] >= 0
                && head[4] < ' '
                && head[4] != '\n'
                && head[4] != '\r'
                && head[4] != '\t';
        return bzip2 ? BZIP2 : parquet ? PARQUET : utf16(head);
    }

    /** Text with some Latin letters has 0 in some second bytes, and in no others. What a byte order mark tells is told where it is read. */
    private static Kind utf16(byte[] head) {
        int[] zeros = new int[2];
        for (int i = 0; i < head.length; i++) {
            zeros[i % 2] += head[i] == 0 ? 1 : 0;
        }
        boolean marked = head.length > 0 && MalformedUtf8Exception.isUtf16(0, head[0] & 0xFF);
        if (marked || zeros[0] > 0 && zeros[1] > 0 || zeros[0] + zeros[1] < 2) {
            return null;
        }
        return zeros[0] > 0 ? UTF16_BE : UTF16_LE;
    }

    private static Kind utf16(String name) {
        return new Kind(new byte[0], "in " + name, "save it as UTF-8 (iconv -f " + name + " -t UTF-8)");
    }
}
