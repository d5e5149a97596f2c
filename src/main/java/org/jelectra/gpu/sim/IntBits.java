package org.jelectra.gpu.sim;

import java.util.HashMap;
import java.util.Map;

/** Operations on the bits and bytes of 32-bit integers. */
final class IntBits {

    private static final Map<String, Loops.Ints> LOOPS = new HashMap<>();

    static {
        LOOPS.put("popc", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Integer.bitCount(a[i]);
            }
        });
        LOOPS.put("clz", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Integer.numberOfLeadingZeros(a[i]);
            }
        });
        LOOPS.put("brev", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Integer.reverse(a[i]);
            }
        });
        LOOPS.put("bfind.u", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = 31 - Integer.numberOfLeadingZeros(a[i]);
            }
        });
        LOOPS.put("bfind.s", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = 31 - Integer.numberOfLeadingZeros(a[i] < 0 ? ~a[i] : a[i]);
            }
        });
        LOOPS.put("bfind.shiftamt.u", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i] == 0 ? -1 : Integer.numberOfLeadingZeros(a[i]);
            }
        });
        LOOPS.put("bfind.shiftamt.s", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i] == 0 || a[i] == -1 ? -1 : Integer.numberOfLeadingZeros(a[i] < 0 ? ~a[i] : a[i]);
            }
        });
        LOOPS.put("bfe.u", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = (int) Bits.extract(a[i] & 0xFFFFFFFFL, b[i], c[i], false, 32);
            }
        });
        LOOPS.put("bfe.s", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = (int) Bits.extract(a[i], b[i], c[i], true, 32);
            }
        });
        LOOPS.put("prmt", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Bits.permute(a[i], b[i], c[i]);
            }
        });
        LOOPS.put("shf.l.wrap", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = (c[i] & 31) == 0 ? b[i] : b[i] << (c[i] & 31) | a[i] >>> (32 - (c[i] & 31));
            }
        });
        LOOPS.put("shf.r.wrap", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = (c[i] & 31) == 0 ? a[i] : a[i] >>> (c[i] & 31) | b[i] << (32 - (c[i] & 31));
            }
        });
        LOOPS.put("shf.l.clamp", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Bits.funnelLeft(a[i], b[i], c[i]);
            }
        });
        LOOPS.put("shf.r.clamp", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Bits.funnelRight(a[i], b[i], c[i]);
            }
        });
        LOOPS.put("sad.s", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = (int) Math.abs((long) a[i] - b[i]) + c[i];
            }
        });
        LOOPS.put("sad.u", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = (int) Math.abs((a[i] & 0xFFFFFFFFL) - (b[i] & 0xFFFFFFFFL)) + c[i];
            }
        });
        LOOPS.put("mul24.lo.s", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = (a[i] << 8 >> 8) * (b[i] << 8 >> 8);
            }
        });
        LOOPS.put("mul24.lo.u", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = (a[i] & 0xFFFFFF) * (b[i] & 0xFFFFFF);
            }
        });
        LOOPS.put("mad24.lo.s", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = (a[i] << 8 >> 8) * (b[i] << 8 >> 8) + c[i];
            }
        });
        LOOPS.put("mad24.lo.u", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = (a[i] & 0xFFFFFF) * (b[i] & 0xFFFFFF) + c[i];
            }
        });
        LOOPS.put("dp4a.s32.s32", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Bits.dot4(a[i], b[i], c[i], true, true);
            }
        });
        LOOPS.put("dp4a.u32.u32", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Bits.dot4(a[i], b[i], c[i], false, false);
            }
        });
        LOOPS.put("dp4a.s32.u32", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Bits.dot4(a[i], b[i], c[i], true, false);
            }
        });
        LOOPS.put("dp4a.u32.s32", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Bits.dot4(a[i], b[i], c[i], false, true);
            }
        });
    }

    private IntBits() {}

    /** The loop of an operation; null where there is none. */
    static Loops.Ints loop(String operation) {
        return LOOPS.get(operation);
    }
}
