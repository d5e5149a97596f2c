package org.jelectra.gpu.sim;

import java.util.HashMap;
import java.util.Map;

/** Operations on doubles. */
final class DoubleArithmetic {

    private static final Map<String, Scalar> OPERATIONS = new HashMap<>();

    static {
        OPERATIONS.put("add", (a, b, c) -> a + b);
        OPERATIONS.put("sub", (a, b, c) -> a - b);
        OPERATIONS.put("mul", (a, b, c) -> a * b);
        OPERATIONS.put("fma", (a, b, c) -> Math.fma(a, b, c));
        OPERATIONS.put("mov", (a, b, c) -> a);
        OPERATIONS.put("div", (a, b, c) -> a / b);
        OPERATIONS.put("neg", (a, b, c) -> -a);
        OPERATIONS.put("abs", (a, b, c) -> Math.abs(a));
        OPERATIONS.put("sqrt", (a, b, c) -> Math.sqrt(a));
        OPERATIONS.put("rcp", (a, b, c) -> 1 / a);
        OPERATIONS.put("min", (a, b, c) -> Approximations.min(a, b));
        OPERATIONS.put("max", (a, b, c) -> Approximations.max(a, b));
        OPERATIONS.put("copysign", (a, b, c) -> Math.copySign(b, a));
        OPERATIONS.put("rsqrt", (a, b, c) -> 1 / Math.sqrt(a));
        OPERATIONS.put("rcp.ftz", (a, b, c) -> Approximations.coarse(1 / a));
        OPERATIONS.put("rsqrt.ftz", (a, b, c) -> Approximations.coarse(1 / Math.sqrt(a)));
    }

    private DoubleArithmetic() {}

    /** The loop of an operation; null where there is none. */
    static Loops.Doubles loop(String operation) {
        Scalar scalar = OPERATIONS.get(operation);
        return scalar == null ? null : each(scalar);
    }

    /** An operation on the numbers of one lane. */
    @FunctionalInterface
    private interface Scalar {
        double apply(double a, double b, double c);
    }

    private static Loops.Doubles each(Scalar operation) {
        return (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = operation.apply(a[i], b[i], c[i]);
            }
        };
    }
}
