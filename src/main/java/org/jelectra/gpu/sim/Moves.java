package org.jelectra.gpu.sim;

import java.util.List;
import java.util.Set;
import org.jelectra.gpu.sim.ptx.PtxOperand;
import org.jelectra.gpu.sim.ptx.PtxStatement;

/** {@code mov}, between registers of any class, and with packing and unpacking. */
final class Moves {

    private static final Set<String> TYPES = Set.of("pred b16 b32 b64 s16 s32 s64 u16 u32 u64 f32 f64".split(" "));

    private Moves() {}

    static void translate(Translator t, PtxStatement s) {
        s.requireModifiers(TYPES);
        PtxOperand to = s.operand(0);
        PtxOperand from = s.operand(1);
        if (s.part(-1).equals("pred")) {
            int d = t.predicateTarget();
            int a = t.predicates(1);
            t.emit(new Custom((warp, lanes) -> {
                warp.predicates[d] = warp.predicates[d] & ~lanes | warp.predicates[a] & lanes;
            }));
        } else if (from.kind() == PtxOperand.Kind.VECTOR) {
            pack(t, s, to, from.parts());
        } else if (to.kind() == PtxOperand.Kind.VECTOR) {
            unpack(t, s, to.parts(), from);
        } else {
            RegisterClass registerClass = t.classOf(to, RegisterClass.of(s.part(-1)));
            RegisterClass other = t.classOf(from, registerClass);
            int a = t.source(from, other);
            int d = t.target(to, registerClass);
            t.emit(other == registerClass ? copy(s, registerClass, a, d) : bits(s, other, a, registerClass, d));
        }
    }

    private static Instruction copy(PtxStatement s, RegisterClass registerClass, int a, int d) {
        return switch (registerClass) {
            case INT -> new Custom((warp, lanes) -> Lanes.copy(warp.ints[a], warp.ints[d], lanes));
            case FLOAT -> new Custom((warp, lanes) -> Lanes.copy(warp.floats[a], warp.floats[d], lanes));
            case LONG -> new Custom((warp, lanes) -> Lanes.copy(warp.longs[a], warp.longs[d], lanes));
            case DOUBLE -> new Custom((warp, lanes) -> Lanes.copy(warp.doubles[a], warp.doubles[d], lanes));
            default -> throw s.error("a predicate is moved with mov.pred");
        };
    }

    private static void pack(Translator t, PtxStatement s, PtxOperand to, List<PtxOperand> parts) {
        int bits = Integer.parseInt(s.part(-1).substring(1)) / parts.size();
        int[] from = parts.stream()
                .mapToInt(part -> t.source(part, RegisterClass.INT))
                .toArray();
        if (s.part(-1).equals("b64")) {
            int d = t.target(to, RegisterClass.LONG);
            long mask = (1L << bits) - 1;
            t.emit(new Custom((warp, lanes) -> {
                for (int rest = lanes; rest != 0; rest &= rest - 1) {
                    int lane = Lanes.first(rest);
                    long value = 0;
                    for (int i = 0; i < from.length; i++) {
                        value |= (warp.ints[from[i]][lane] & mask) << bits * i;
                    }
                    warp.longs[d][lane] = value;
                }
            }));
            return;
        }
        int d = t.target(to, RegisterClass.INT);
        int mask = (1 << bits) - 1;
        t.emit(new Custom((warp, lanes) -> {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                int value = 0;
                for (int i = 0; i < from.length; i++) {
                    value |= (warp.ints[from[i]][lane] & mask) << bits * i;
                }
                warp.ints[d][lane] = value;
            }
        }));
    }

    private static void unpack(Translator t, PtxStatement s, List<PtxOperand> parts, PtxOperand from) {
        int bits = Integer.parseInt(s.part(-1).substring(1)) / parts.size();
        boolean wide = s.part(-1).equals("b64");
        int a = t.source(from, wide ? RegisterClass.LONG : RegisterClass.INT);
        int[] to = parts.stream()
                .mapToInt(part -> t.target(part, RegisterClass.INT))
                .toArray();
        int mask = bits == 32 ? -1 : (1 << bits) - 1;
        t.emit(new Custom((warp, lanes) -> {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                // read first: one of the parts may be the source itself
                long value = wide ? warp.longs[a][lane] : warp.ints[a][lane];
                for (int i = 0; i < to.length; i++) {
                    warp.ints[to[i]][lane] = (int) (value >>> bits * i) & mask;
                }
            }
        }));
    }

    /** Moves bits between register files; a register that is too narrow gets the low ones. */
    static Instruction bits(PtxStatement s, RegisterClass from, int a, RegisterClass to, int d) {
        if (from == RegisterClass.INT && to == RegisterClass.FLOAT) {
            return new Custom((warp, lanes) -> {
                for (int rest = lanes; rest != 0; rest &= rest - 1) {
                    int lane = Lanes.first(rest);
                    warp.floats[d][lane] = Float.intBitsToFloat(warp.ints[a][lane]);
                }
            });
        }
        if (from == RegisterClass.FLOAT && to == RegisterClass.INT) {
            return new Custom((warp, lanes) -> {
                for (int rest = lanes; rest != 0; rest &= rest - 1) {
                    int lane = Lanes.first(rest);
                    warp.ints[d][lane] = Float.floatToRawIntBits(warp.floats[a][lane]);
                }
            });
        }
        if (from == RegisterClass.INT && to == RegisterClass.LONG) {
            return new Custom((warp, lanes) -> {
                for (int rest = lanes; rest != 0; rest &= rest - 1) {
                    int lane = Lanes.first(rest);
                    warp.longs[d][lane] = warp.ints[a][lane] & 0xFFFFFFFFL;
                }
            });
        }
        if (from == RegisterClass.LONG && to == RegisterClass.INT) {
            return new Custom((warp, lanes) -> {
                for (int rest = lanes; rest != 0; rest &= rest - 1) {
                    int lane = Lanes.first(rest);
                    warp.ints[d][lane] = (int) warp.longs[a][lane];
                }
            });
        }
        if (from == RegisterClass.LONG && to == RegisterClass.DOUBLE) {
            return new Custom((warp, lanes) -> {
                for (int rest = lanes; rest != 0; rest &= rest - 1) {
                    int lane = Lanes.first(rest);
                    warp.doubles[d][lane] = Double.longBitsToDouble(warp.longs[a][lane]);
                }
            });
        }
        if (from == RegisterClass.DOUBLE && to == RegisterClass.LONG) {
            return new Custom((warp, lanes) -> {
                for (int rest = lanes; rest != 0; rest &= rest - 1) {
                    int lane = Lanes.first(rest);
                    warp.longs[d][lane] = Double.doubleToRawLongBits(warp.doubles[a][lane]);
                }
            });
        }
        throw s.error("a register of class " + from + " cannot stand where one of class " + to + " is expected");
    }
}
