package org.jelectra.gpu.sim;

import org.jelectra.gpu.sim.ptx.PtxStatement;

/** The frequent conversions, which need no case distinctions. */
final class QuickConversions {

    private QuickConversions() {}

    /** Translates the statement if it is one of these. */
    static boolean translate(Translator t, PtxStatement s, String to, String from) {
        if (s.has("sat") || s.has("ftz")) {
            return false;
        }
        switch (to + "." + from) {
            case "s64.s32" -> longFromInt(t, -1L);
            case "u64.u32" -> longFromInt(t, 0xFFFFFFFFL);
            case "u32.u64", "s32.s64", "u32.s64", "s32.u64" -> intFromLong(t, s);
            case "f32.s32" -> {
                return s.has("rn") && floatFromInt(t, -1L);
            }
            case "f32.u32" -> {
                return s.has("rn") && floatFromInt(t, 0xFFFFFFFFL);
            }
            case "bf16.f32" -> {
                return s.has("rn") && bfloatFromFloat(t);
            }
            case "f32.bf16" -> floatFromBfloat(t);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void longFromInt(Translator t, long mask) {
        int a = t.ints(1);
        int d = t.longTarget();
        t.emit(new Custom((warp, lanes) -> {
            int[] from = warp.ints[a];
            long[] to = warp.longs[d];
            if (lanes == Lanes.ALL) {
                for (int i = 0; i < Lanes.COUNT; i++) {
                    to[i] = from[i] & mask;
                }
                return;
            }
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int i = Lanes.first(rest);
                to[i] = from[i] & mask;
            }
        }));
    }

    private static void intFromLong(Translator t, PtxStatement s) {
        int a = t.longs(1);
        int d = t.intTarget();
        t.emit(Moves.bits(s, RegisterClass.LONG, a, RegisterClass.INT, d));
    }

    private static boolean floatFromInt(Translator t, long mask) {
        int a = t.ints(1);
        int d = t.floatTarget();
        t.emit(new Custom((warp, lanes) -> {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int i = Lanes.first(rest);
                warp.floats[d][i] = warp.ints[a][i] & mask;
            }
        }));
        return true;
    }

    private static boolean bfloatFromFloat(Translator t) {
        int a = t.floats(1);
        int d = t.intTarget();
        t.emit(new Custom((warp, lanes) -> {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int i = Lanes.first(rest);
                warp.ints[d][i] = Bfloat16.round(warp.floats[a][i]) & 0xFFFF;
            }
        }));
        return true;
    }

    private static void floatFromBfloat(Translator t) {
        int a = t.ints(1);
        int d = t.floatTarget();
        t.emit(new Custom((warp, lanes) -> {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int i = Lanes.first(rest);
                warp.floats[d][i] = Bfloat16.toFloat(warp.ints[a][i]);
            }
        }));
    }
}
