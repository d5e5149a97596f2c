package org.jelectra.gpu.sim;

import java.util.HashMap;
import java.util.Map;

/** Operations on 64-bit integers. */
final class LongArithmetic {

    /** Added to both sides it makes a signed comparison of an unsigned one. */
    private static final long FLIP = Long.MIN_VALUE;

    private static final Map<String, Loops.Longs> LOOPS = new HashMap<>();

    static {
        LOOPS.put("add", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i] + b[i];
            }
        });
        LOOPS.put("sub", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i] - b[i];
            }
        });
        LOOPS.put("mul.lo", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i] * b[i];
            }
        });
        LOOPS.put("mad.lo", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i] * b[i] + c[i];
            }
        });
        LOOPS.put("mul.hi.s", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Math.multiplyHigh(a[i], b[i]);
            }
        });
        LOOPS.put("mul.hi.u", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Bits.multiplyHighUnsigned(a[i], b[i]);
            }
        });
        LOOPS.put("mad.hi.s", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Math.multiplyHigh(a[i], b[i]) + c[i];
            }
        });
        LOOPS.put("mad.hi.u", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Bits.multiplyHighUnsigned(a[i], b[i]) + c[i];
            }
        });
        LOOPS.put("and", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i] & b[i];
            }
        });
        LOOPS.put("or", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i] | b[i];
            }
        });
        LOOPS.put("xor", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i] ^ b[i];
            }
        });
        LOOPS.put("not", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = ~a[i];
            }
        });
        LOOPS.put("cnot", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i] == 0 ? 1 : 0;
            }
        });
        LOOPS.put("neg", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = -a[i];
            }
        });
        LOOPS.put("abs", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Math.abs(a[i]);
            }
        });
        LOOPS.put("min.s", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Math.min(a[i], b[i]);
            }
        });
        LOOPS.put("max.s", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Math.max(a[i], b[i]);
            }
        });
        LOOPS.put("min.u", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Math.min(a[i] + FLIP, b[i] + FLIP) + FLIP;
            }
        });
        LOOPS.put("max.u", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Math.max(a[i] + FLIP, b[i] + FLIP) + FLIP;
            }
        });
        LOOPS.put("div.s", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = b[i] == 0 ? -1 : a[i] / b[i];
            }
        });
        LOOPS.put("div.u", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = b[i] == 0 ? -1 : Long.divideUnsigned(a[i], b[i]);
            }
        });
        LOOPS.put("rem.s", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = b[i] == 0 ? a[i] : a[i] % b[i];
            }
        });
        LOOPS.put("rem.u", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = b[i] == 0 ? a[i] : Long.remainderUnsigned(a[i], b[i]);
            }
        });
        LOOPS.put("brev", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Long.reverse(a[i]);
            }
        });
        LOOPS.put("mov", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i];
            }
        });
    }

    private LongArithmetic() {}

    /** The loop of an operation; null where there is none. */
    static Loops.Longs loop(String operation) {
        return LOOPS.get(operation);
    }
}
