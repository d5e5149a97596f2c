package org.jelectra.gpu.sim;

import java.util.HashMap;
import java.util.Map;

/** Operations on the bits and bytes of 32-bit integers. */
final class IntBits {

    private static final Map<String, Loops.Ints> LOOPS = new HashMap<>();

    static {
        LOOPS.put("popc", IntArithmetic.each((a, b, c) -> Integer.bitCount(a)));
        LOOPS.put("clz", IntArithmetic.each((a, b, c) -> Integer.numberOfLeadingZeros(a)));
        LOOPS.put("brev", IntArithmetic.each((a, b, c) -> Integer.reverse(a)));
        LOOPS.put("bfind.u", IntArithmetic.each((a, b, c) -> 31 - Integer.numberOfLeadingZeros(a)));
        LOOPS.put("bfind.s", IntArithmetic.each((a, b, c) -> 31 - Integer.numberOfLeadingZeros(a < 0 ? ~a : a)));
        LOOPS.put("bfind.shiftamt.u", IntArithmetic.each((a, b, c) -> a == 0 ? -1 : Integer.numberOfLeadingZeros(a)));
        LOOPS.put(
                "bfind.shiftamt.s",
                IntArithmetic.each((a, b, c) -> a == 0 || a == -1 ? -1 : Integer.numberOfLeadingZeros(a < 0 ? ~a : a)));
        LOOPS.put("bfe.u", IntArithmetic.each((a, b, c) -> (int) Bits.extract(a & 0xFFFFFFFFL, b, c, false, 32)));
        LOOPS.put("bfe.s", IntArithmetic.each((a, b, c) -> (int) Bits.extract(a, b, c, true, 32)));
        LOOPS.put("prmt", IntArithmetic.each((a, b, c) -> Bits.permute(a, b, c)));
        LOOPS.put(
                "shf.l.wrap",
                IntArithmetic.each((a, b, c) -> (c & 31) == 0 ? b : b << (c & 31) | a >>> (32 - (c & 31))));
        LOOPS.put(
                "shf.r.wrap",
                IntArithmetic.each((a, b, c) -> (c & 31) == 0 ? a : a >>> (c & 31) | b << (32 - (c & 31))));
        LOOPS.put("shf.l.clamp", IntArithmetic.each((a, b, c) -> Bits.funnelLeft(a, b, c)));
        LOOPS.put("shf.r.clamp", IntArithmetic.each((a, b, c) -> Bits.funnelRight(a, b, c)));
        LOOPS.put("sad.s", IntArithmetic.each((a, b, c) -> (int) Math.abs((long) a - b) + c));
        LOOPS.put("sad.u", IntArithmetic.each((a, b, c) -> (int) Math.abs((a & 0xFFFFFFFFL) - (b & 0xFFFFFFFFL)) + c));
        LOOPS.put("mul24.lo.s", IntArithmetic.each((a, b, c) -> (a << 8 >> 8) * (b << 8 >> 8)));
        LOOPS.put("mul24.lo.u", IntArithmetic.each((a, b, c) -> (a & 0xFFFFFF) * (b & 0xFFFFFF)));
        LOOPS.put("mad24.lo.s", IntArithmetic.each((a, b, c) -> (a << 8 >> 8) * (b << 8 >> 8) + c));
        LOOPS.put("mad24.lo.u", IntArithmetic.each((a, b, c) -> (a & 0xFFFFFF) * (b & 0xFFFFFF) + c));
        for (String of : new String[] {"s32.s32", "s32.u32", "u32.s32", "u32.u32"}) {
            boolean signedA = of.startsWith("s");
            boolean signedB = of.endsWith("s32");
            LOOPS.put("dp4a." + of, IntArithmetic.each((a, b, c) -> Bits.dot4(a, b, c, signedA, signedB)));
            LOOPS.put("dp2a.lo." + of, IntArithmetic.each((a, b, c) -> Bits.dot2(a, b, c, signedA, signedB)));
            LOOPS.put("dp2a.hi." + of, IntArithmetic.each((a, b, c) -> Bits.dot2(a, b >>> 16, c, signedA, signedB)));
        }
    }

    private IntBits() {}

    /** The loop of an operation; null where there is none. */
    static Loops.Ints loop(String operation) {
        return LOOPS.get(operation);
    }
}
