package org.jelectra.pretrain.plot;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/**
 * Pictures in the format PNG (W3C, Portable Network Graphics, third edition): 8 bits for each of red, green and blue, rows by the
 * filter "up", which suits large areas of one colour. ImageIO, which tries every filter pixel by pixel, takes longer to write a
 * run's curves than they take to paint.
 */
final class Png {

    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final int BITS = 8;
    private static final int TRUECOLOUR = 2;
    private static final int UP = 2;

    private Png() {}

    /**
     * The content of a file.
     *
     * @param pixels row by row from the top, each 0xRRGGBB; the highest byte is left out
     */
    static byte[] of(int width, int height, int[] pixels) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(SIGNATURE);
        DataOutputStream out = new DataOutputStream(file);
        chunk(out, "IHDR", header(width, height));
        chunk(out, "IDAT", compressed(width, height, pixels));
        chunk(out, "IEND", new byte[0]);
        return file.toByteArray();
    }

    private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        out.writeInt(data.length);
        out.write(name);
        out.write(data);
        out.writeInt((int) crc.getValue());
    }

    private static byte[] header(int width, int height) throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(header);
        out.writeInt(width);
        out.writeInt(height);
        // the last three: the only compression, the only set of filters, rows in their order
        out.write(new byte[] {BITS, TRUECOLOUR, 0, 0, 0});
        return header.toByteArray();
    }

    /** Each row is the filter's number and the bytes of its pixels less those of the row above. */
    private static byte[] compressed(int width, int height, int[] pixels) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(compressed)) {
            byte[] row = new byte[1 + 3 * width];
            row[0] = UP;
            for (int y = 0; y < height; y++) {
                for (int i = y * width, to = 1; to < row.length; i++) {
                    int pixel = pixels[i];
                    int above = y == 0 ? 0 : pixels[i - width];
                    row[to++] = (byte) ((pixel >> 16) - (above >> 16));
                    row[to++] = (byte) ((pixel >> 8) - (above >> 8));
                    row[to++] = (byte) (pixel - above);
                }
                out.write(row);
            }
        }
        return compressed.toByteArray();
    }
}
