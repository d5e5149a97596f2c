package org.jelectra.gpu.sim;

import java.util.Set;
import org.jelectra.gpu.sim.ptx.PtxStatement;

/** Translates arithmetic and logic: picks the loop by operation and type. */
final class Arithmetic {

    // what the translations below look at, or what changes nothing: anything else would be passed over silently
    private static final Set<String> OF_FLOATS =
            Set.of("rn", "rz", "rm", "rp", "approx", "full", "ftz", "sat", "NaN", "f32");
    private static final Set<String> OF_DOUBLES = Set.of("rn", "approx", "ftz", "f64");
    private static final Set<String> OF_BFLOATS = Set.of("rn", "bf16", "bf16x2");
    private static final Set<String> OF_INTEGERS =
            Set.of(("lo hi wide l r shiftamt wrap clamp b16 b32 b64 s16 s32 s64 u16 u32 u64").split(" "));

    private Arithmetic() {}

    /** Registers of up to three operands; those that the statement does not have repeat the first. */
    private record Operands(int a, int b, int c) {

        static Operands of(Translator t, PtxStatement s, RegisterClass registerClass) {
            int last = s.operands().size() - 1;
            int a = t.source(s.operand(1), registerClass);
            int b = last >= 2 ? t.source(s.operand(2), registerClass) : a;
            int c = last >= 3 ? t.source(s.operand(3), registerClass) : a;
            return new Operands(a, b, c);
        }
    }

    static void translate(Translator t, PtxStatement s) {
        String type = s.part(-1);
        if (s.has("cc") && s.base().matches("add|sub|mad")) {
            Carries.translate(t, s);
            return;
        }
        switch (type) {
            case "f32" -> floats(t, s);
            case "f64" -> doubles(t, s);
            case "bf16", "bf16x2" -> bfloats(t, s);
            case "pred" -> predicates(t, s);
            default -> integers(t, s, type);
        }
    }

    private static void floats(Translator t, PtxStatement s) {
        s.requireModifiers(OF_FLOATS);
        String base = s.base().equals("mad") ? "fma" : s.base();
        Loops.Floats rough = s.has("approx") && t.numerics().roughFunctions() ? RoughFunctions.loop(base) : null;
        Loops.Floats loop = rough != null ? rough : FloatArithmetic.loop(floatOperation(s, base));
        boolean three = s.operands().size() > 3 && base.matches("min|max");
        if (loop == null || three) {
            throw s.error("unknown instruction");
        }
        Operands x = Operands.of(t, s, RegisterClass.FLOAT);
        int d = t.floatTarget();
        t.emit(
                s.has("ftz")
                        ? new Operation.Flushed(d, x.a, x.b, x.c, loop)
                        : new Operation.OfFloats(d, x.a, x.b, x.c, loop));
        if (s.has("sat")) {
            t.emit(new Operation.OfFloats(d, d, d, d, FloatArithmetic.loop("sat")));
        }
    }

    private static String floatOperation(PtxStatement s, String base) {
        for (String rounding : new String[] {"rz", "rm", "rp"}) {
            if (s.has(rounding)) {
                return base + "." + rounding;
            }
        }
        return s.has("NaN") ? base + ".NaN" : base;
    }

    private static void doubles(Translator t, PtxStatement s) {
        s.requireModifiers(OF_DOUBLES);
        String base = s.base().equals("mad") ? "fma" : s.base();
        Loops.Doubles loop = DoubleArithmetic.loop(s.has("ftz") ? base + ".ftz" : base);
        if (loop == null) {
            throw s.error("unknown instruction");
        }
        Operands x = Operands.of(t, s, RegisterClass.DOUBLE);
        t.emit(new Operation.OfDoubles(t.doubleTarget(), x.a, x.b, x.c, loop));
    }

    private static void bfloats(Translator t, PtxStatement s) {
        s.requireModifiers(OF_BFLOATS);
        Bfloat16.Scalar operation = Bfloat16.operation(s.base());
        if (operation == null) {
            throw s.error("unknown instruction");
        }
        Operands x = Operands.of(t, s, RegisterClass.INT);
        Loops.Ints loop = s.part(-1).equals("bf16") ? Bfloat16.one(operation) : Bfloat16.two(operation);
        t.emit(new Operation.OfInts(t.intTarget(), x.a, x.b, x.c, loop));
    }

    private static void predicates(Translator t, PtxStatement s) {
        int a = t.predicates(1);
        int b = s.operands().size() > 2 ? t.predicates(2) : a;
        int d = t.predicateTarget();
        t.emit(
                switch (s.base()) {
                    case "and" ->
                        new Custom((warp, lanes) -> set(warp, d, lanes, warp.predicates[a] & warp.predicates[b]));
                    case "or" ->
                        new Custom((warp, lanes) -> set(warp, d, lanes, warp.predicates[a] | warp.predicates[b]));
                    case "xor" ->
                        new Custom((warp, lanes) -> set(warp, d, lanes, warp.predicates[a] ^ warp.predicates[b]));
                    case "not" -> new Custom((warp, lanes) -> set(warp, d, lanes, ~warp.predicates[a]));
                    default -> throw s.error("unknown instruction");
                });
    }

    private static void set(Warp warp, int predicate, int lanes, int value) {
        warp.predicates[predicate] = warp.predicates[predicate] & ~lanes | value & lanes;
    }

    private static void integers(Translator t, PtxStatement s, String type) {
        s.requireModifiers(OF_INTEGERS);
        boolean signed = type.startsWith("s");
        String operation = s.base();
        if (operation.equals("lop3")) {
            logic(t, s);
            return;
        }
        if (operation.matches("mul|mad") && s.has("wide")) {
            WideProducts.translate(t, s, type, signed);
            return;
        }
        for (String modifier : new String[] {"lo", "hi", "wide", "l", "r", "shiftamt", "wrap", "clamp"}) {
            operation += s.has(modifier) ? "." + modifier : "";
        }
        if (s.base().equals("dp4a") || s.base().equals("dp2a")) {
            operation += "." + s.part(-2) + "." + type;
        }
        String signedOperation = operation + (signed ? ".s" : ".u");
        if (type.endsWith("64")) {
            longs(t, s, operation, signedOperation, signed);
        } else {
            ints(t, s, operation, signedOperation, signed, type.endsWith("16") ? 16 : 32);
        }
    }

    private static void ints(
            Translator t, PtxStatement s, String operation, String signedOperation, boolean signed, int bits) {
        if (operation.equals("bfi")) {
            int field = t.ints(1);
            int into = t.ints(2);
            int position = t.ints(3);
            int length = t.ints(4);
            int d = t.intTarget();
            t.emit(new Custom((warp, lanes) -> {
                for (int rest = lanes; rest != 0; rest &= rest - 1) {
                    int i = Lanes.first(rest);
                    warp.ints[d][i] = (int) Bits.insert(
                            warp.ints[field][i] & 0xFFFFFFFFL,
                            warp.ints[into][i] & 0xFFFFFFFFL,
                            warp.ints[position][i],
                            warp.ints[length][i],
                            32);
                }
            }));
            return;
        }
        Loops.Ints loop = IntArithmetic.loop(operation);
        loop = loop == null ? IntArithmetic.loop(signedOperation) : loop;
        loop = loop == null ? IntBits.loop(operation) : loop;
        loop = loop == null ? IntBits.loop(signedOperation) : loop;
        if (loop == null || bits == 16 && operation.endsWith(".hi")) {
            throw s.error("unknown instruction");
        }
        Operands x = Operands.of(t, s, RegisterClass.INT);
        int d = t.intTarget();
        t.emit(
                bits == 16
                        ? new Operation.OfNarrow(d, x.a, x.b, x.c, signed, 0xFFFF, loop)
                        : new Operation.OfInts(d, x.a, x.b, x.c, loop));
    }

    private static void logic(Translator t, PtxStatement s) {
        int a = t.ints(1);
        int b = t.ints(2);
        int c = t.ints(3);
        int table = (int) s.operand(4).bits();
        t.emit(new Operation.OfInts(t.intTarget(), a, b, c, (d, x, y, z) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = Bits.logic(x[i], y[i], z[i], table);
            }
        }));
    }

    private static void longs(Translator t, PtxStatement s, String operation, String signedOperation, boolean signed) {
        if (LongBits.translate(t, s, operation, signed)) {
            return;
        }
        Loops.Longs loop = LongArithmetic.loop(operation);
        loop = loop == null ? LongArithmetic.loop(signedOperation) : loop;
        if (loop == null) {
            throw s.error("unknown instruction");
        }
        Operands x = Operands.of(t, s, RegisterClass.LONG);
        t.emit(new Operation.OfLongs(t.longTarget(), x.a, x.b, x.c, loop));
    }
}
