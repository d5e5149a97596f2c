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
        LOOPS.put("mad.lo", each((a, b, c) -> a * b + c));
        LOOPS.put("mul.hi.s", each((a, b, c) -> Math.multiplyHigh(a, b)));
        LOOPS.put("mul.hi.u", each((a, b, c) -> Bits.multiplyHighUnsigned(a, b)));
        LOOPS.put("mad.hi.s", each((a, b, c) -> Math.multiplyHigh(a, b) + c));
        LOOPS.put("mad.hi.u", each((a, b, c) -> Bits.multiplyHighUnsigned(a, b) + c));
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
        LOOPS.put("not", each((a, b, c) -> ~a));
        LOOPS.put("cnot", each((a, b, c) -> a == 0 ? 1 : 0));
        LOOPS.put("neg", each((a, b, c) -> -a));
        LOOPS.put("abs", each((a, b, c) -> Math.abs(a)));
        LOOPS.put("min.s", each((a, b, c) -> Math.min(a, b)));
        LOOPS.put("max.s", each((a, b, c) -> Math.max(a, b)));
        LOOPS.put("min.u", each((a, b, c) -> Math.min(a + FLIP, b + FLIP) + FLIP));
        LOOPS.put("max.u", each((a, b, c) -> Math.max(a + FLIP, b + FLIP) + FLIP));
        LOOPS.put("div.s", each((a, b, c) -> b == 0 ? -1 : a / b));
        LOOPS.put("div.u", each((a, b, c) -> b == 0 ? -1 : Long.divideUnsigned(a, b)));
        LOOPS.put("rem.s", each((a, b, c) -> b == 0 ? a : a % b));
        LOOPS.put("rem.u", each((a, b, c) -> b == 0 ? a : Long.remainderUnsigned(a, b)));
        LOOPS.put("brev", each((a, b, c) -> Long.reverse(a)));
        LOOPS.put("mov", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i];
            }
        });
    }

    /** An operation on the numbers of one lane. */
    @FunctionalInterface
    private interface Scalar {
        long apply(long a, long b, long c);
    }

    /** For operations that are rare: those with a loop of their own are compiled for themselves. */
    private static Loops.Longs each(Scalar operation) {
        return (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = operation.apply(a[i], b[i], c[i]);
            }
        };
    }

    private LongArithmetic() {}

    /** The loop of an operation; null where there is none. */
    static Loops.Longs loop(String operation) {
        return LOOPS.get(operation);
    }
}
