package org.jelectra.gpu.sim;

import java.util.Set;
import org.jelectra.gpu.sim.ptx.PtxStatement;

/**
 * Sums, differences and products that are parts of longer numbers: {@code .cc} writes the carry of each lane, {@code addc}, {@code subc}
 * and {@code madc} read it (PTX ISA, section "Extended-Precision Integer Arithmetic Instructions").
 */
final class Carries {

    private static final Set<String> MODIFIERS = Set.of("cc lo hi b32 s32 u32 b64 s64 u64".split(" "));
    private static final long UNSIGNED = 0xFFFFFFFFL;

    private Carries() {}

    static void translate(Translator t, PtxStatement s) {
        s.requireModifiers(MODIFIERS);
        int bits = Integer.parseInt(s.part(-1).substring(1));
        RegisterClass registerClass = bits == 64 ? RegisterClass.LONG : RegisterClass.INT;
        boolean reads = s.base().endsWith("c");
        boolean writes = s.has("cc");
        boolean minus = s.base().startsWith("sub");
        boolean product = s.base().startsWith("mad");
        boolean high = s.has("hi");
        boolean signed = s.part(-1).startsWith("s");
        int a = t.source(s.operand(1), registerClass);
        int b = t.source(s.operand(2), registerClass);
        int c = product ? t.source(s.operand(3), registerClass) : b;
        int d = t.target(s.operand(0), registerClass);
        t.emit(new Custom((warp, lanes) -> {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                long x = value(warp, a, lane, bits);
                if (product) {
                    long y = value(warp, b, lane, bits);
                    x = high ? high(x, y, bits, signed) : x * y;
                }
                long y = value(warp, c, lane, bits);
                int carry = reads ? warp.carries >>> lane & 1 : 0;
                long result = minus ? x - y - carry : x + y + carry;
                if (bits == 64) {
                    warp.longs[d][lane] = result;
                } else {
                    warp.ints[d][lane] = (int) result;
                }
                if (writes) {
                    long out = minus ? ~x & y | (~x | y) & result : x & y | (x | y) & ~result;
                    warp.carries = warp.carries & ~(1 << lane) | (int) (out >>> bits - 1 & 1) << lane;
                }
            }
        }));
    }

    private static long value(Warp warp, int register, int lane, int bits) {
        return bits == 64 ? warp.longs[register][lane] : warp.ints[register][lane];
    }

    /** Upper half of a product, of which only so many bits count. */
    private static long high(long x, long y, int bits, boolean signed) {
        if (bits == 32) {
            return signed ? x * y >> 32 : (x & UNSIGNED) * (y & UNSIGNED) >>> 32;
        }
        return signed ? Math.multiplyHigh(x, y) : Bits.multiplyHighUnsigned(x, y);
    }
}
