package org.jelectra.gpu.sim;

import org.jelectra.gpu.sim.ptx.PtxStatement;

/** Shifts and bit operations of 64-bit integers, whose other operands or results have 32 bits. */
final class LongBits {

    private LongBits() {}

    /** Translates the statement if it is one of these. */
    static boolean translate(Translator t, PtxStatement s, String operation, boolean signed) {
        switch (operation) {
            case "shl" ->
                shift(t, (d, a, n, unused) -> {
                    for (int i = 0; i < Lanes.COUNT; i++) {
                        d[i] = (n[i] & -64) == 0 ? a[i] << n[i] : 0;
                    }
                });
            case "shr" -> shift(t, signed ? LongBits::shiftSigned : LongBits::shiftUnsigned);
            case "bfe" -> {
                int a = t.longs(1);
                int position = t.ints(2);
                int length = t.ints(3);
                t.emit(new Operation.OfLongShift(t.longTarget(), a, position, length, (d, x, p, l) -> {
                    for (int i = 0; i < Lanes.COUNT; i++) {
                        d[i] = Bits.extract(x[i], p[i], l[i], signed, 64);
                    }
                }));
            }
            case "bfi" -> insert(t);
            case "popc" -> count(t, Long::bitCount);
            case "clz" -> count(t, Long::numberOfLeadingZeros);
            case "bfind" -> count(t, x -> 63 - Long.numberOfLeadingZeros(signed && x < 0 ? ~x : x));
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void shift(Translator t, Loops.LongShifts loop) {
        int a = t.longs(1);
        int by = t.ints(2);
        t.emit(new Operation.OfLongShift(t.longTarget(), a, by, by, loop));
    }

    private static void shiftSigned(long[] d, long[] a, int[] n, int[] unused) {
        for (int i = 0; i < Lanes.COUNT; i++) {
            d[i] = a[i] >> ((n[i] & -64) == 0 ? n[i] : 63);
        }
    }

    private static void shiftUnsigned(long[] d, long[] a, int[] n, int[] unused) {
        for (int i = 0; i < Lanes.COUNT; i++) {
            d[i] = (n[i] & -64) == 0 ? a[i] >>> n[i] : 0;
        }
    }

    private static void insert(Translator t) {
        int field = t.longs(1);
        int into = t.longs(2);
        int position = t.ints(3);
        int length = t.ints(4);
        int d = t.longTarget();
        t.emit(new Custom((warp, lanes) -> {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int i = Lanes.first(rest);
                warp.longs[d][i] = Bits.insert(
                        warp.longs[field][i], warp.longs[into][i], warp.ints[position][i], warp.ints[length][i], 64);
            }
        }));
    }

    private static void count(Translator t, java.util.function.LongToIntFunction function) {
        int a = t.longs(1);
        int d = t.intTarget();
        t.emit(new Custom((warp, lanes) -> {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int i = Lanes.first(rest);
                warp.ints[d][i] = function.applyAsInt(warp.longs[a][i]);
            }
        }));
    }
}
