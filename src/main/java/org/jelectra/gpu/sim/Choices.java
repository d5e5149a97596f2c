package org.jelectra.gpu.sim;

import org.jelectra.gpu.sim.ptx.PtxOperand;
import org.jelectra.gpu.sim.ptx.PtxStatement;

/** {@code setp}, {@code set} and {@code selp}. */
final class Choices {

    private Choices() {}

    /** The comparison of operands 1 and 2. */
    private static Comparison comparison(Translator t, PtxStatement s, String type) {
        int relation = Comparison.relation(s, s.part(1));
        boolean unsigned = type.startsWith("u") || s.part(1).matches("lo|ls|hi|hs");
        return switch (type) {
            case "f32" -> Comparison.ofFloats(relation, t.floats(1), t.floats(2), s.has("ftz"));
            case "f64" -> Comparison.ofDoubles(relation, t.doubles(1), t.doubles(2));
            case "b64", "u64", "s64" ->
                Comparison.ofLongs(relation, t.longs(1), t.longs(2), unsigned ? Long.MIN_VALUE : 0);
            case "b16", "u16", "s16" -> Comparison.ofShorts(relation, t.ints(1), t.ints(2), !unsigned);
            case "b32", "u32", "s32" ->
                Comparison.ofInts(relation, t.ints(1), t.ints(2), unsigned ? Integer.MIN_VALUE : 0);
            case "bf16" -> bfloats(t, s, relation);
            default -> throw s.error("unknown instruction");
        };
    }

    private static Comparison bfloats(Translator t, PtxStatement s, int relation) {
        int a = widened(t, s, 1);
        int b = widened(t, s, 2);
        return Comparison.ofFloats(relation, a, b, false);
    }

    private static int widened(Translator t, PtxStatement s, int operand) {
        int a = t.ints(operand);
        int wide = t.temporary(RegisterClass.FLOAT);
        t.prepare(new Custom((warp, lanes) -> {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                warp.floats[wide][lane] = Bfloat16.toFloat(warp.ints[a][lane]);
            }
        }));
        return wide;
    }

    /** Predicate register with which a comparison is combined, or NONE. */
    private static int combined(Translator t, PtxStatement s) {
        return s.operands().size() > 3 ? t.predicates(3) : Instruction.NONE;
    }

    private static int combine(String operator, int a, int b) {
        return switch (operator) {
            case "and" -> a & b;
            case "or" -> a | b;
            default -> a ^ b;
        };
    }

    static void setPredicate(Translator t, PtxStatement s) {
        Comparison comparison = comparison(t, s, s.part(-1));
        int with = combined(t, s);
        String operator = s.part(2);
        PtxOperand to = s.operand(0);
        boolean pair = to.kind() == PtxOperand.Kind.PAIR;
        int p = t.target(pair ? to.parts().get(0) : to, RegisterClass.PREDICATE);
        int q = pair ? t.target(to.parts().get(1), RegisterClass.PREDICATE) : Instruction.NONE;
        if (with == Instruction.NONE && !pair) {
            t.emit(new Custom((warp, lanes) -> {
                warp.predicates[p] = warp.predicates[p] & ~lanes | comparison.lanes(warp) & lanes;
            }));
            return;
        }
        t.emit(new Custom((warp, lanes) -> {
            int result = comparison.lanes(warp);
            int other = with == Instruction.NONE ? 0 : warp.predicates[with];
            int positive = with == Instruction.NONE ? result : combine(operator, result, other);
            int negative = with == Instruction.NONE ? ~result : combine(operator, ~result, other);
            warp.predicates[p] = warp.predicates[p] & ~lanes | positive & lanes;
            if (q != Instruction.NONE) {
                warp.predicates[q] = warp.predicates[q] & ~lanes | negative & lanes;
            }
        }));
    }

    /** {@code set}: 1.0 or all bits where the comparison holds, else 0. */
    static void setNumber(Translator t, PtxStatement s) {
        String type = s.part(-2);
        if (!type.matches("[usf]32")) {
            throw s.error("unknown instruction");
        }
        Comparison comparison = comparison(t, s, s.part(-1));
        int with = combined(t, s);
        String operator = s.part(2);
        int d = t.intTarget();
        int one = type.equals("f32") ? Float.floatToRawIntBits(1) : -1;
        t.emit(new Custom((warp, lanes) -> {
            int result = comparison.lanes(warp);
            if (with != Instruction.NONE) {
                result = combine(operator, result, warp.predicates[with]);
            }
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                warp.ints[d][lane] = (result >>> lane & 1) != 0 ? one : 0;
            }
        }));
    }

    static void select(Translator t, PtxStatement s) {
        RegisterClass registerClass = t.classOf(s.operand(0), RegisterClass.of(s.part(-1)));
        int a = t.source(s.operand(1), registerClass);
        int b = t.source(s.operand(2), registerClass);
        int p = t.predicates(3);
        int d = t.target(s.operand(0), registerClass);
        switch (registerClass) {
            case INT ->
                t.emit(new Custom((warp, lanes) -> {
                    int[][] r = warp.ints;
                    int[] result = warp.scratch.intResult;
                    choose(result, r[a], r[b], warp.predicates[p]);
                    Lanes.copy(result, r[d], lanes);
                }));
            case FLOAT ->
                t.emit(new Custom((warp, lanes) -> {
                    float[][] r = warp.floats;
                    float[] result = warp.scratch.floatResult;
                    choose(result, r[a], r[b], warp.predicates[p]);
                    Lanes.copy(result, r[d], lanes);
                }));
            case LONG ->
                t.emit(new Custom((warp, lanes) -> {
                    for (int rest = lanes; rest != 0; rest &= rest - 1) {
                        int lane = Lanes.first(rest);
                        warp.longs[d][lane] = warp.longs[(warp.predicates[p] >>> lane & 1) != 0 ? a : b][lane];
                    }
                }));
            default ->
                t.emit(new Custom((warp, lanes) -> {
                    for (int rest = lanes; rest != 0; rest &= rest - 1) {
                        int lane = Lanes.first(rest);
                        warp.doubles[d][lane] = warp.doubles[(warp.predicates[p] >>> lane & 1) != 0 ? a : b][lane];
                    }
                }));
        }
    }

    private static void choose(int[] d, int[] a, int[] b, int lanes) {
        for (int i = 0; i < Lanes.COUNT; i++) {
            d[i] = (lanes >>> i & 1) != 0 ? a[i] : b[i];
        }
    }

    private static void choose(float[] d, float[] a, float[] b, int lanes) {
        for (int i = 0; i < Lanes.COUNT; i++) {
            d[i] = (lanes >>> i & 1) != 0 ? a[i] : b[i];
        }
    }
}
