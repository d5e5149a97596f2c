package org.jelectra.gpu.sim;

import java.util.HashMap;
import java.util.Map;

/** Operations on floats (PTX ISA, "Floating Point Instructions"), rounded to nearest even unless the name says else. */
final class FloatArithmetic {

    private static final Map<String, Loops.Floats> LOOPS = new HashMap<>();

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
                d[i] = (float) Math.sqrt(a[i]);
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
        LOOPS.put("min.NaN", each((a, b, c) -> Math.min(a, b)));
        LOOPS.put("max.NaN", each((a, b, c) -> Math.max(a, b)));
        LOOPS.put("copysign", each((a, b, c) -> Math.copySign(b, a)));
        LOOPS.put("rsqrt", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = (float) (1 / Math.sqrt(a[i]));
            }
        });
        LOOPS.put("ex2", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Approximations.exp2(a[i]);
            }
        });
        LOOPS.put("lg2", (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Approximations.log2(a[i]);
            }
        });
        LOOPS.put("sin", each((a, b, c) -> (float) Math.sin(a)));
        LOOPS.put("cos", each((a, b, c) -> (float) Math.cos(a)));
        LOOPS.put("tanh", each((a, b, c) -> (float) Math.tanh(a)));
        LOOPS.put("sat", each((a, b, c) -> Approximations.saturate(a)));
        for (Rounding rounding : Rounding.values()) {
            LOOPS.put("add." + rounding.modifier, each((a, b, c) -> rounding.add(a, b)));
            LOOPS.put("sub." + rounding.modifier, each((a, b, c) -> rounding.add(a, -b)));
            LOOPS.put("mul." + rounding.modifier, each((a, b, c) -> rounding.multiply(a, b)));
            LOOPS.put("fma." + rounding.modifier, each(rounding::fma));
        }
    }

    /** An operation on the numbers of one lane. */
    @FunctionalInterface
    private interface Scalar {
        float apply(float a, float b, float c);
    }

    /** For operations that are rare, or slow themselves: those above have a loop each, which is compiled for itself. */
    private static Loops.Floats each(Scalar operation) {
        return (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = operation.apply(a[i], b[i], c[i]);
            }
        };
    }

    private FloatArithmetic() {}

    /** The loop of an operation; null where there is none. */
    static Loops.Floats loop(String operation) {
        return LOOPS.get(operation);
    }
}
