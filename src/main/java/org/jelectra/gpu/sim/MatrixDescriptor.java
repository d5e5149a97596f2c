package org.jelectra.gpu.sim;

/**
 * The shared-memory descriptor of an operand of {@code wgmma.mma_async}: where the bf16 matrix of 16 elements in the dimension k
 * and of some rows in the other one lies. Memory is addressed by chunks of 16 bytes. A K-major matrix has 8 elements of one row
 * in a chunk, an MN-major one 8 rows of one k. With T = 8, bytes of 2 per element and Swizzle&lt;b, 4, 3&gt; of b = 0, 1, 2, 3 for no
 * swizzle, 32, 64 and 128 bytes the layouts are
 *
 * <pre>
 * K-major   b = 0   ((8,m),(T,2)):((T,SBO),(1,LBO))
 *           b > 0   ((8,m),(T,2)):((2^b T,SBO),(1,T))
 * MN-major  b = 0   ((T,1,m),(8,2)):((1,T,SBO),(T,LBO))
 *           b > 0   ((T,2^b,m),(8,2)):((1,T,LBO),(2^b T,SBO))
 * </pre>
 *
 * <p>where the swizzle takes the exclusive or of b bits of the address from bit 4 on and those from bit 7 on. Sources: PTX ISA 9.1,
 * "Strides", "Canonical Layouts" and "Matrix Descriptor Format" of asynchronous warpgroup-level matrix instructions; the same in
 * CUTLASS, {@code cute/atom/mma_traits_sm90_gmma.hpp}, at {@code make_gmma_desc}. Hand-written kernels agree: K-major tiles with an SBO
 * of 1024 whose next 16 of k are 32 bytes further, and MN-major ones of 64 x 8 elements with an LBO of 1024 from 64 to 64 and an
 * SBO of 2048 from 8 to 8 of k for tiles of 128. Nothing here has been compared with a device.
 */
final class MatrixDescriptor {

    /** Elements of a product in the dimension k. */
    static final int K = 16;

    /** Bytes of a chunk. */
    static final int CHUNK = 16;

    /** Elements of a chunk, and rows or columns of a core matrix. */
    static final int CORE = 8;

    private static final int OFFSET_MASK = 0x3FFF;
    private static final long UNUSED_BITS = 0x3FF1_C000_C000_C000L;
    private static final int[] SWIZZLE_BITS = {0, 3, 2, 1};

    private final boolean transposed;

    /** @param transposed whether the matrix is MN-major */
    MatrixDescriptor(boolean transposed) {
        this.transposed = transposed;
    }

    boolean transposed() {
        return transposed;
    }

    /**
     * Where the chunks of some rows lie. Eight that follow each other are a core matrix. K-major: chunk {@code half * rows + row};
     * MN-major: chunk {@code row / 8 * 16 + k}.
     *
     * @param bits the descriptor
     * @param first first row, a multiple of 8
     * @param rows number of rows, a multiple of 8
     * @param all rows of the whole matrix, which must lie where it may
     * @param places receives 2 {@code rows} offsets in shared memory
     */
    void locate(Warp warp, long bits, int first, int rows, int all, int[] places) {
        int swizzle = SWIZZLE_BITS[(int) (bits >>> 62)];
        int start = encoded(bits);
        int leading = encoded(bits >>> 16);
        int stride = encoded(bits >>> 32);
        check(warp, bits, swizzle, all);
        if (transposed) {
            locateMnMajor(start, leading, stride, swizzle, first, rows, places);
        } else {
            locateKMajor(start, swizzle == 0 ? leading : CHUNK, stride, swizzle, first, rows, places);
        }
        int mask = (1 << swizzle) - 1;
        for (int i = 0; mask != 0 && i < 2 * rows; i++) {
            places[i] ^= (places[i] >> 7 & mask) << 4;
        }
    }

    private static int encoded(long bits) {
        return ((int) bits & OFFSET_MASK) << 4;
    }

    private static void locateKMajor(int start, int half, int stride, int swizzle, int first, int rows, int[] places) {
        int pitch = CHUNK << swizzle;
        for (int i = 0; i < rows; i++) {
            int row = first + i;
            int place = start + row % CORE * pitch + row / CORE * stride;
            places[i] = place;
            places[rows + i] = place + half;
        }
    }

    private static void locateMnMajor(
            int start, int leading, int stride, int swizzle, int first, int rows, int[] places) {
        int width = 1 << swizzle;
        int pitch = CHUNK << swizzle;
        int atom = swizzle == 0 ? stride : leading;
        int half = swizzle == 0 ? leading : stride;
        for (int i = 0; i < rows / CORE; i++) {
            int chunk = first / CORE + i;
            int place = start + chunk % width * CHUNK + chunk / width * atom;
            for (int k = 0; k < K; k++) {
                places[i * K + k] = place + k % CORE * pitch + k / CORE * half;
            }
        }
    }

    /** A swizzled matrix begins in the first line of a pattern, and its lines do not run into the next ones. */
    private void check(Warp warp, long bits, int swizzle, int rows) {
        if ((bits & UNUSED_BITS) != 0) {
            throw misaligned(warp, bits, "bits 14, 15, 30, 31, 46-48 and 52-61 must be 0");
        }
        if ((bits >>> 49 & 7) != 0) {
            throw misaligned(
                    warp, bits, "only patterns at multiples of their size, with a base offset of 0, are known");
        }
        if (swizzle == 0) {
            return;
        }
        int line = CHUNK << swizzle;
        int pattern = CORE * line;
        int start = encoded(bits);
        int used = CHUNK * (transposed ? Math.min(1 << swizzle, rows / CORE) : 2);
        if (start % pattern + used > line) {
            throw misaligned(
                    warp,
                    bits,
                    "the matrix must begin in the first " + line + " bytes of a multiple of " + pattern + " and leave "
                            + used + " of them, it begins at " + start);
        }
        int stride = encoded(bits >>> 32);
        int leading = transposed ? encoded(bits >>> 16) : 0;
        if (stride % pattern != 0 || leading % pattern != 0) {
            throw misaligned(
                    warp,
                    bits,
                    "offsets must be multiples of " + pattern + ", they are " + leading + " (leading) and " + stride
                            + " (stride)");
        }
    }

    private static KernelFault misaligned(Warp warp, long bits, String details) {
        return warp.fault(
                FaultKind.MISALIGNED, 0, encoded(bits), "descriptor 0x" + Long.toHexString(bits) + ": " + details);
    }
}
