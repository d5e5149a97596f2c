package org.jelectra.gpu.sim;

/**
 * A bf16 matrix in shared memory as asynchronous products read it: patterns of 8 lines of {@code swizzle} bytes (16 where nothing
 * is swizzled), of which the chunk of 16 bytes at place c of line l lies at place c ^ (l * swizzle / 128) (PTX ISA 9.1, figures of
 * "Shared Memory Matrix Layout"). A line holds elements along the major dimension.
 */
final class OperandImage {

    /** The dimension in which elements follow each other. */
    enum Major {
        K,
        MN;

        int transposed() {
            return ordinal();
        }
    }

    private static final int CHUNK = 8;

    private final float[] matrix;
    private final int rows;
    private final int depth;
    private final Major major;
    private final int swizzle;
    /** Elements of a line. */
    private final int line;

    /**
     * @param matrix {@code rows} rows of {@code depth} elements
     * @param swizzle 0, 32, 64 or 128
     */
    OperandImage(float[] matrix, int rows, int depth, Major major, int swizzle) {
        this.matrix = matrix;
        this.rows = rows;
        this.depth = depth;
        this.major = major;
        this.swizzle = swizzle;
        this.line = Math.max(swizzle / 2, CHUNK);
    }

    Major major() {
        return major;
    }

    int bytes() {
        return 2 * rows * depth;
    }

    private int patternBytes() {
        return 8 * line * 2;
    }

    /** Patterns follow each other along the lines' direction last: first all rows of lines, then the next piece of them. */
    private int offset(int row, int k) {
        int along = major == Major.K ? k : row;
        int across = major == Major.K ? row : k;
        int lines = major == Major.K ? rows : depth;
        int pattern = along / line * (lines / 8) + across / 8;
        int chunk = along % line / CHUNK ^ across % 8 * swizzle / 128;
        return pattern * patternBytes() + across % 8 * line * 2 + chunk * 16 + along % CHUNK * 2;
    }

    /** Writes the image. */
    void write(byte[] memory, int base) {
        for (int row = 0; row < rows; row++) {
            for (int k = 0; k < depth; k++) {
                int bits = Bfloat16.round(matrix[row * depth + k]);
                memory[base + offset(row, k)] = (byte) bits;
                memory[base + offset(row, k) + 1] = (byte) (bits >> 8);
            }
        }
    }

    /** The descriptor of elements 16 {@code step} and following in the dimension k, of all rows. */
    long descriptor(int base, int step) {
        int along = patternBytes() * ((major == Major.K ? rows : depth) / 8);
        int across = patternBytes();
        boolean first = major == Major.MN && swizzle == 0;
        int leading = first ? across : along;
        int stride = first ? along : across;
        int start = base;
        if (major == Major.K) {
            start += 16 * step / line * along + 16 * step % line * 2;
        } else {
            start += 2 * step * across;
        }
        long mode = swizzle == 0 ? 0 : 4 - Integer.numberOfTrailingZeros(swizzle / 32) - 1;
        return start >> 4 | (long) leading >> 4 << 16 | (long) stride >> 4 << 32 | mode << 62;
    }
}
