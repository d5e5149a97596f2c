package org.jelectra.gpu.sim;

import java.util.Set;
import java.util.function.IntBinaryOperator;
import org.jelectra.gpu.sim.ptx.PtxOperand;
import org.jelectra.gpu.sim.ptx.PtxStatement;

/** {@code vote.sync}, {@code match.sync}, {@code redux.sync} and {@code activemask}. */
final class Votes {

    private static final Set<String> VOTES = Set.of("sync all any uni ballot pred b32".split(" "));
    private static final Set<String> REDUCTIONS = Set.of("sync add and or xor min max b32 s32 u32".split(" "));

    private Votes() {}

    static void vote(Translator t, PtxStatement s) {
        s.requireModifiers(VOTES);
        String mode = s.part(2);
        int members = t.ints(2);
        int p = t.predicates(1);
        if (mode.equals("ballot")) {
            int d = t.intTarget();
            t.emit(new WarpCustom(members, (warp, lanes) -> {
                for (int rest = lanes; rest != 0; rest &= rest - 1) {
                    int lane = Lanes.first(rest);
                    warp.ints[d][lane] = warp.predicates[p] & lanes & warp.ints[members][lane];
                }
            }));
            return;
        }
        int d = t.predicateTarget();
        t.emit(new WarpCustom(members, (warp, lanes) -> {
            int result = 0;
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                int voters = lanes & warp.ints[members][lane];
                int yes = voters & warp.predicates[p];
                boolean value = switch (mode) {
                    case "all" -> yes == voters;
                    case "any" -> yes != 0;
                    default -> yes == 0 || yes == voters;
                };
                result |= value ? 1 << lane : 0;
            }
            warp.predicates[d] = warp.predicates[d] & ~lanes | result;
        }));
    }

    static void activeMask(Translator t, PtxStatement s) {
        s.requireModifiers(Set.of("b32"));
        int d = t.intTarget();
        t.emit(new Custom((warp, lanes) -> {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                warp.ints[d][Lanes.first(rest)] = lanes;
            }
        }));
    }

    static void match(Translator t, PtxStatement s) {
        boolean all = s.part(1).equals("all");
        if (!s.part(-1).matches("b32|b64")) {
            throw s.error("unknown instruction");
        }
        boolean wide = s.part(-1).equals("b64");
        int members = t.ints(2);
        int a = wide ? t.longs(1) : t.ints(1);
        PtxOperand to = s.operand(0);
        boolean pair = to.kind() == PtxOperand.Kind.PAIR;
        int d = t.target(pair ? to.parts().get(0) : to, RegisterClass.INT);
        int p = pair ? t.target(to.parts().get(1), RegisterClass.PREDICATE) : Instruction.NONE;
        t.emit(new WarpCustom(members, (warp, lanes) -> {
            int[] result = warp.scratch.intResult;
            int agreed = 0;
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                int voters = lanes & warp.ints[members][lane];
                int same = 0;
                for (int others = voters; others != 0; others &= others - 1) {
                    int other = Lanes.first(others);
                    boolean equal = wide
                            ? warp.longs[a][other] == warp.longs[a][lane]
                            : warp.ints[a][other] == warp.ints[a][lane];
                    same |= equal ? 1 << other : 0;
                }
                agreed |= same == voters ? 1 << lane : 0;
                result[lane] = all && same != voters ? 0 : same;
            }
            Lanes.copy(result, warp.ints[d], lanes);
            if (pair) {
                warp.predicates[p] = warp.predicates[p] & ~lanes | agreed;
            }
        }));
    }

    static void reduce(Translator t, PtxStatement s) {
        s.requireModifiers(REDUCTIONS);
        boolean unsigned = s.part(-1).equals("u32");
        IntBinaryOperator operator = switch (s.part(2)) {
            case "add" -> Integer::sum;
            case "and" -> (x, y) -> x & y;
            case "or" -> (x, y) -> x | y;
            case "xor" -> (x, y) -> x ^ y;
            case "min" -> unsigned ? (x, y) -> Integer.compareUnsigned(x, y) < 0 ? x : y : Math::min;
            case "max" -> unsigned ? (x, y) -> Integer.compareUnsigned(x, y) > 0 ? x : y : Math::max;
            default -> throw s.error("unknown reduction");
        };
        int members = t.ints(2);
        int a = t.ints(1);
        int d = t.intTarget();
        t.emit(new WarpCustom(members, (warp, lanes) -> {
            int[] result = warp.scratch.intResult;
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                int voters = lanes & warp.ints[members][lane];
                int value = warp.ints[a][Lanes.first(voters)];
                for (int others = voters & voters - 1; others != 0; others &= others - 1) {
                    value = operator.applyAsInt(value, warp.ints[a][Lanes.first(others)]);
                }
                result[lane] = value;
            }
            Lanes.copy(result, warp.ints[d], lanes);
        }));
    }
}
