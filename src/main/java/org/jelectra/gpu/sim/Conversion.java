package org.jelectra.gpu.sim;

import java.util.List;
import java.util.Set;
import org.jelectra.gpu.sim.ptx.PtxStatement;

/** {@code cvt}. */
final class Conversion {

    private static final List<String> ROUNDINGS = List.of("rn", "rz", "rm", "rp", "rni", "rzi", "rmi", "rpi");

    private static final Set<String> MODIFIERS =
            Set.of("rn rz rm rp rni rzi rmi rpi sat ftz bf16 bf16x2 f32 f64 s8 s16 s32 s64 u8 u16 u32 u64".split(" "));

    private Conversion() {}

    static void translate(Translator t, PtxStatement s) {
        s.requireModifiers(MODIFIERS);
        String to = s.part(-2);
        String from = s.part(-1);
        if (to.equals("bf16x2")) {
            packed(t, s);
        } else if (!QuickConversions.translate(t, s, to, from)) {
            general(t, s, to, from);
        }
    }

    /** {@code cvt.rn.bf16x2.f32 d, a, b}: a goes to the upper half. */
    private static void packed(Translator t, PtxStatement s) {
        if (!s.has("rn") || !s.part(-1).equals("f32")) {
            throw s.error("unknown instruction");
        }
        int high = t.floats(1);
        int low = t.floats(2);
        t.emit(new Custom(packing(high, low, t.intTarget())));
    }

    private static Custom.Body packing(int high, int low, int d) {
        return (warp, lanes) -> {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                warp.ints[d][lane] =
                        Bfloat16.round(warp.floats[low][lane]) & 0xFFFF | Bfloat16.round(warp.floats[high][lane]) << 16;
            }
        };
    }

    private static void general(Translator t, PtxStatement s, String to, String from) {
        String rounding = "";
        for (String part : s.parts()) {
            rounding = ROUNDINGS.contains(part) ? part : rounding;
        }
        NumberConversion number = new NumberConversion(s, from, to, rounding, s.has("sat"), s.has("ftz"));
        RegisterClass sourceClass = RegisterClass.of(from);
        int a = t.source(s.operand(1), sourceClass);
        // an integer may go to a register that is wider than its type, and is then extended
        boolean widens =
                to.matches("[us](8|16|32)") && t.classOf(s.operand(0), RegisterClass.INT) == RegisterClass.LONG;
        RegisterClass targetClass = widens ? RegisterClass.LONG : RegisterClass.of(to);
        int d = t.target(s.operand(0), targetClass);
        int kept = targetClass == RegisterClass.INT && t.bytesOf(s.operand(0)) == 2 ? 0xFFFF : -1;
        t.emit(new Custom((warp, lanes) -> {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                long bits = number.convert(read(warp, sourceClass, a, lane));
                write(warp, targetClass, d, lane, bits & (kept == -1 ? -1L : kept));
            }
        }));
    }

    private static long read(Warp warp, RegisterClass registerClass, int slot, int lane) {
        return switch (registerClass) {
            case INT -> warp.ints[slot][lane];
            case FLOAT -> Float.floatToRawIntBits(warp.floats[slot][lane]);
            case LONG -> warp.longs[slot][lane];
            default -> Double.doubleToRawLongBits(warp.doubles[slot][lane]);
        };
    }

    private static void write(Warp warp, RegisterClass registerClass, int slot, int lane, long bits) {
        switch (registerClass) {
            case INT -> warp.ints[slot][lane] = (int) bits;
            case FLOAT -> warp.floats[slot][lane] = Float.intBitsToFloat((int) bits);
            case LONG -> warp.longs[slot][lane] = bits;
            default -> warp.doubles[slot][lane] = Double.longBitsToDouble(bits);
        }
    }
}
