package org.jelectra.gpu.sim;

import java.util.HashMap;
import java.util.Map;

/** Operations on 32-bit integers (PTX ISA, "Integer Arithmetic Instructions" and "Logic and Shift Instructions"). */
final class IntArithmetic {

    private static final long UNSIGNED = 0xFFFFFFFFL;
    /** Added to both sides it makes a signed comparison of an unsigned one. */
    private static final int FLIP = Integer.MIN_VALUE;

    private static final Map<String, Loops.Ints> LOOPS = new HashMap<>();

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
        LOOPS.put("mul.hi.s", each((a, b, c) -> (int) ((long) a * b >> 32)));
        LOOPS.put("mul.hi.u", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = (int) ((a[i] & UNSIGNED) * (b[i] & UNSIGNED) >>> 32);
            }
        });
        LOOPS.put("mad.hi.s", each((a, b, c) -> (int) ((long) a * b >> 32) + c));
        LOOPS.put("mad.hi.u", each((a, b, c) -> (int) ((a & UNSIGNED) * (b & UNSIGNED) >>> 32) + c));
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
        LOOPS.put("cnot", each((a, b, c) -> a == 0 ? 1 : 0));
        LOOPS.put("neg", each((a, b, c) -> -a));
        LOOPS.put("abs", each((a, b, c) -> Math.abs(a)));
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
        LOOPS.put("min.u", each((a, b, c) -> Math.min(a + FLIP, b + FLIP) + FLIP));
        LOOPS.put("max.u", each((a, b, c) -> Math.max(a + FLIP, b + FLIP) + FLIP));
        LOOPS.put("shl", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = (b[i] & -32) == 0 ? a[i] << b[i] : 0;
            }
        });
        LOOPS.put("shr.u", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = (b[i] & -32) == 0 ? a[i] >>> b[i] : 0;
            }
        });
        LOOPS.put("shr.s", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i] >> ((b[i] & -32) == 0 ? b[i] : 31);
            }
        });
        LOOPS.put("div.s", each((a, b, c) -> b == 0 ? -1 : a / b));
        LOOPS.put("div.u", each((a, b, c) -> b == 0 ? -1 : Integer.divideUnsigned(a, b)));
        LOOPS.put("rem.s", each((a, b, c) -> b == 0 ? a : a % b));
        LOOPS.put("rem.u", each((a, b, c) -> b == 0 ? a : Integer.remainderUnsigned(a, b)));
        LOOPS.put("mov", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i];
            }
        });
    }

    /** An operation on the numbers of one lane. */
    @FunctionalInterface
    interface Scalar {
        int apply(int a, int b, int c);
    }

    /** For operations that are rare: those with a loop of their own are compiled for themselves. */
    static Loops.Ints each(Scalar operation) {
        return (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = operation.apply(a[i], b[i], c[i]);
            }
        };
    }

    private IntArithmetic() {}

    /** The loop of an operation; null where there is none. */
    static Loops.Ints loop(String operation) {
        return LOOPS.get(operation);
    }
}
