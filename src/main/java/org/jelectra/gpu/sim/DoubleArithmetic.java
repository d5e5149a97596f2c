package org.jelectra.gpu.sim;

import java.util.HashMap;
import java.util.Map;

/** Operations on doubles. */
final class DoubleArithmetic {

    private static final Map<String, Loops.Doubles> LOOPS = new HashMap<>();

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
        LOOPS.put("mul", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i] * b[i];
            }
        });
        LOOPS.put("fma", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Math.fma(a[i], b[i], c[i]);
            }
        });
        LOOPS.put("mov", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i];
            }
        });
        LOOPS.put("div", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = a[i] / b[i];
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
        LOOPS.put("sqrt", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Math.sqrt(a[i]);
            }
        });
        LOOPS.put("rcp", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = 1 / a[i];
            }
        });
        LOOPS.put("min", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Approximations.min(a[i], b[i]);
            }
        });
        LOOPS.put("max", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Approximations.max(a[i], b[i]);
            }
        });
        LOOPS.put("copysign", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Math.copySign(b[i], a[i]);
            }
        });
        LOOPS.put("rsqrt", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = 1 / Math.sqrt(a[i]);
            }
        });
        LOOPS.put("rcp.ftz", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Approximations.coarse(1 / a[i]);
            }
        });
        LOOPS.put("rsqrt.ftz", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Approximations.coarse(1 / Math.sqrt(a[i]));
            }
        });
    }

    private DoubleArithmetic() {}

    /** The loop of an operation; null where there is none. */
    static Loops.Doubles loop(String operation) {
        return LOOPS.get(operation);
    }
}
