package org.jelectra.gpu.sim;

import org.jelectra.gpu.sim.ptx.PtxStatement;

/** A comparison of two registers: the lanes for which it holds. */
@FunctionalInterface
interface Comparison {

    /** For all 32 lanes. */
    int lanes(Warp warp);

    /** How two numbers relate, as bits: any of those of a comparison that are met make it hold. */
    int LESS = 1;

    int EQUAL = 2;
    int GREATER = 4;
    int UNORDERED = 8;

    /** Bits for a name of a comparison of integers or floats. */
    static int relation(PtxStatement statement, String name) {
        return switch (name) {
            case "eq" -> EQUAL;
            case "ne" -> LESS | GREATER;
            case "lt", "lo" -> LESS;
            case "le", "ls" -> LESS | EQUAL;
            case "gt", "hi" -> GREATER;
            case "ge", "hs" -> GREATER | EQUAL;
            case "equ" -> EQUAL | UNORDERED;
            case "neu" -> LESS | GREATER | UNORDERED;
            case "ltu" -> LESS | UNORDERED;
            case "leu" -> LESS | EQUAL | UNORDERED;
            case "gtu" -> GREATER | UNORDERED;
            case "geu" -> GREATER | EQUAL | UNORDERED;
            case "num" -> LESS | EQUAL | GREATER;
            case "nan" -> UNORDERED;
            default -> throw statement.error("unknown comparison " + name);
        };
    }

    /**
     * Of 32-bit integers.
     *
     * @param flip added to both: the sign bit for unsigned numbers
     */
    static Comparison ofInts(int relation, int a, int b, int flip) {
        switch (relation) {
            case EQUAL:
                return warp -> equal(warp.ints[a], warp.ints[b]);
            case LESS | GREATER:
                return warp -> ~equal(warp.ints[a], warp.ints[b]);
            case LESS:
                return warp -> less(warp.ints[a], warp.ints[b], flip);
            case GREATER | EQUAL:
                return warp -> ~less(warp.ints[a], warp.ints[b], flip);
            case GREATER:
                return warp -> less(warp.ints[b], warp.ints[a], flip);
            default:
                return warp -> ~less(warp.ints[b], warp.ints[a], flip);
        }
    }

    private static int equal(int[] a, int[] b) {
        int result = 0;
        for (int i = 0; i < Lanes.COUNT; i++) {
            result |= (a[i] == b[i] ? 1 : 0) << i;
        }
        return result;
    }

    private static int less(int[] a, int[] b, int flip) {
        int result = 0;
        for (int i = 0; i < Lanes.COUNT; i++) {
            result |= (a[i] + flip < b[i] + flip ? 1 : 0) << i;
        }
        return result;
    }

    /** Of 16-bit integers. */
    static Comparison ofShorts(int relation, int a, int b, boolean signed) {
        return warp -> {
            int result = 0;
            for (int i = 0; i < Lanes.COUNT; i++) {
                int x = warp.ints[a][i];
                int y = warp.ints[b][i];
                int order = signed ? Short.compare((short) x, (short) y) : Integer.compare(x & 0xFFFF, y & 0xFFFF);
                result |= holds(relation, order) << i;
            }
            return result;
        };
    }

    /**
     * Of 64-bit integers.
     *
     * @param flip added to both: the sign bit for unsigned numbers
     */
    static Comparison ofLongs(int relation, int a, int b, long flip) {
        return warp -> {
            long[] x = warp.longs[a];
            long[] y = warp.longs[b];
            int result = 0;
            for (int i = 0; i < Lanes.COUNT; i++) {
                result |= holds(relation, Long.compare(x[i] + flip, y[i] + flip)) << i;
            }
            return result;
        };
    }

    /** 1 if the bits of the relation have the order, which is negative, 0 or positive. */
    private static int holds(int relation, int order) {
        return relation >>> Integer.signum(order) + 1 & 1;
    }

    /** Of floats. */
    static Comparison ofFloats(int relation, int a, int b, boolean flushed) {
        return warp -> {
            float[] x = warp.floats[a];
            float[] y = warp.floats[b];
            if (flushed) {
                Operation.Flushed.flush(x, warp.scratch.floatA);
                Operation.Flushed.flush(y, warp.scratch.floatB);
                x = warp.scratch.floatA;
                y = warp.scratch.floatB;
            }
            return floats(relation, x, y);
        };
    }

    private static int floats(int relation, float[] x, float[] y) {
        int less = 0;
        int equal = 0;
        int greater = 0;
        for (int i = 0; i < Lanes.COUNT; i++) {
            less |= (x[i] < y[i] ? 1 : 0) << i;
            equal |= (x[i] == y[i] ? 1 : 0) << i;
            greater |= (x[i] > y[i] ? 1 : 0) << i;
        }
        return select(relation, less, equal, greater);
    }

    private static int select(int relation, int less, int equal, int greater) {
        return ((relation & LESS) != 0 ? less : 0)
                | ((relation & EQUAL) != 0 ? equal : 0)
                | ((relation & GREATER) != 0 ? greater : 0)
                | ((relation & UNORDERED) != 0 ? ~(less | equal | greater) : 0);
    }

    /** Of doubles. */
    static Comparison ofDoubles(int relation, int a, int b) {
        return warp -> {
            double[] x = warp.doubles[a];
            double[] y = warp.doubles[b];
            int less = 0;
            int equal = 0;
            int greater = 0;
            for (int i = 0; i < Lanes.COUNT; i++) {
                less |= (x[i] < y[i] ? 1 : 0) << i;
                equal |= (x[i] == y[i] ? 1 : 0) << i;
                greater |= (x[i] > y[i] ? 1 : 0) << i;
            }
            return select(relation, less, equal, greater);
        };
    }
}
