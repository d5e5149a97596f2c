package org.jelectra.gpu.sim;

/** Operations on bits that Java has no name for. */
final class Bits {

    private Bits() {}

    /** {@code bfe}: {@code length} bits from {@code position} on; what lies above the width is the sign or zero. */
    static long extract(long value, int position, int length, boolean signed, int width) {
        int from = position & 0xFF;
        int bits = length & 0xFF;
        if (bits == 0) {
            return 0;
        }
        if (from >= width) {
            return signed && value < 0 ? -1 : 0;
        }
        long shifted = signed ? value >> from : value >>> from;
        if (bits >= 64) {
            return shifted;
        }
        // a field that reaches above the width repeats the sign of the whole number, which the shift has done
        return signed && from + bits <= width
                ? shifted << 64 - bits >> 64 - bits
                : signed ? shifted : shifted & (1L << bits) - 1;
    }

    /** {@code bfi}: {@code into} with {@code length} bits from {@code position} on replaced by the low ones of {@code field}. */
    static long insert(long field, long into, int position, int length, int width) {
        int from = position & 0xFF;
        int bits = Math.min(length & 0xFF, width - from);
        if (bits <= 0) {
            return into;
        }
        long mask = (bits >= 64 ? -1 : (1L << bits) - 1) << from;
        return into & ~mask | field << from & mask;
    }

    /** {@code prmt}: each byte of the result is chosen among 8 by 4 bits of the selector. */
    static int permute(int a, int b, int selector) {
        long bytes = a & 0xFFFFFFFFL | (long) b << 32;
        int result = 0;
        for (int i = 0; i < 4; i++) {
            int choice = selector >>> 4 * i & 15;
            int value = (int) (bytes >>> 8 * (choice & 7)) & 0xFF;
            if ((choice & 8) != 0) {
                value = (value & 0x80) != 0 ? 0xFF : 0;
            }
            result |= value << 8 * i;
        }
        return result;
    }

    /** {@code shf.l.clamp}. */
    static int funnelLeft(int low, int high, int shift) {
        int by = Integer.compareUnsigned(shift, 32) > 0 ? 32 : shift;
        return by == 0 ? high : by == 32 ? low : high << by | low >>> 32 - by;
    }

    /** {@code shf.r.clamp}. */
    static int funnelRight(int low, int high, int shift) {
        int by = Integer.compareUnsigned(shift, 32) > 0 ? 32 : shift;
        return by == 0 ? low : by == 32 ? high : low >>> by | high << 32 - by;
    }

    /** {@code dp4a}: products of four bytes, added up. */
    static int dot4(int a, int b, int c, boolean signedA, boolean signedB) {
        int sum = c;
        for (int shift = 0; shift < 32; shift += 8) {
            int x = a >>> shift & 0xFF;
            int y = b >>> shift & 0xFF;
            sum += (signedA ? (byte) x : x) * (signedB ? (byte) y : y);
        }
        return sum;
    }

    /** {@code dp2a.lo}: products of two 16-bit numbers with the two lower bytes, added up. */
    static int dot2(int a, int b, int c, boolean signedA, boolean signedB) {
        int sum = c;
        for (int i = 0; i < 2; i++) {
            int x = signedA ? (short) (a >> 16 * i) : a >>> 16 * i & 0xFFFF;
            int y = signedB ? (byte) (b >> 8 * i) : b >>> 8 * i & 0xFF;
            sum += x * y;
        }
        return sum;
    }

    /** High half of the product of unsigned numbers. */
    static long multiplyHighUnsigned(long a, long b) {
        return Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
    }

    /** {@code lop3}: bit by bit the value that the table has for the three bits. */
    static int logic(int a, int b, int c, int table) {
        int result = 0;
        for (int i = 0; i < 8; i++) {
            if ((table >>> i & 1) != 0) {
                result |= ((i & 4) != 0 ? a : ~a) & ((i & 2) != 0 ? b : ~b) & ((i & 1) != 0 ? c : ~c);
            }
        }
        return result;
    }
}
