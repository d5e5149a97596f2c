package org.jelectra.gpu.sim;

import java.util.Set;
import org.jelectra.gpu.sim.ptx.PtxOperand;
import org.jelectra.gpu.sim.ptx.PtxStatement;

/** Translates what lanes and warps do together, and control flow. */
final class WarpInstructions {

    private static final Set<String> SHUFFLES = Set.of("sync", "up", "down", "bfly", "idx", "b32");
    private static final Set<String> BARRIERS =
            Set.of("sync arrive red warp cta aligned popc and or pred u32".split(" "));

    private WarpInstructions() {}

    static void shuffle(Translator t, PtxStatement s) {
        s.requireModifiers(SHUFFLES);
        PtxOperand to = s.operand(0);
        boolean pair = to.kind() == PtxOperand.Kind.PAIR;
        int a = t.ints(1);
        int b = t.ints(2);
        int c = t.ints(3);
        int members = t.ints(4);
        int d = t.target(pair ? to.parts().get(0) : to, RegisterClass.INT);
        int p = pair ? t.target(to.parts().get(1), RegisterClass.PREDICATE) : Instruction.NONE;
        t.emit(new Shuffle(s, d, p, a, b, c, members));
    }

    static void loadMatrix(Translator t, PtxStatement s) {
        if (!s.has("m8n8") || !s.part(-1).equals("b16")) {
            throw s.error("only ldmatrix.sync.aligned.m8n8 of b16 is known");
        }
        int address = MemoryInstructions.base(t, s.operand(1), RegisterClass.INT);
        int[] targets = s.operand(0).parts().stream()
                .mapToInt(part -> t.target(part, RegisterClass.INT))
                .toArray();
        t.emit(new LoadMatrix(address, MemoryInstructions.offset(s.operand(1)), targets, s.has("trans")));
    }

    static void matrixProduct(Translator t, PtxStatement s) {
        if (!s.opcode().equals("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32")) {
            throw s.error("only mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 is known");
        }
        int[] a = sources(t, s.operand(1), RegisterClass.INT);
        int[] b = sources(t, s.operand(2), RegisterClass.INT);
        int[] c = sources(t, s.operand(3), RegisterClass.FLOAT);
        int[] d = s.operand(0).parts().stream()
                .mapToInt(part -> t.target(part, RegisterClass.FLOAT))
                .toArray();
        if (a.length != 4 || b.length != 2 || c.length != 4 || d.length != 4) {
            throw s.error("the operands must have 4, 4, 2 and 4 registers");
        }
        t.emit(new MatrixProduct(a, b, c, d));
    }

    private static int[] sources(Translator t, PtxOperand vector, RegisterClass registerClass) {
        return vector.parts().stream()
                .mapToInt(part -> t.source(part, registerClass))
                .toArray();
    }

    static void barrier(Translator t, PtxStatement s) {
        s.requireModifiers(BARRIERS);
        if (s.has("warp")) {
            t.emit(new WarpSync(t.ints(0)));
            return;
        }
        if (s.has("red")) {
            reduction(t, s);
            return;
        }
        int id = t.ints(0);
        int threads = s.operands().size() > 1 ? t.ints(1) : Instruction.NONE;
        t.emit(new Barrier(!s.has("arrive"), id, threads, Barrier.Reduction.NONE, Instruction.NONE, Instruction.NONE));
    }

    /** {@code bar.red.op d, id{, threads}, p}. */
    private static void reduction(Translator t, PtxStatement s) {
        int last = s.operands().size() - 1;
        int id = t.ints(1);
        int threads = last > 2 ? t.ints(2) : Instruction.NONE;
        int input = t.predicates(last);
        Barrier.Reduction reduction =
                s.has("popc") ? Barrier.Reduction.COUNT : s.has("and") ? Barrier.Reduction.ALL : Barrier.Reduction.ANY;
        int result = reduction == Barrier.Reduction.COUNT ? t.intTarget() : t.predicateTarget();
        t.emit(new Barrier(true, id, threads, reduction, input, result));
    }

    static void branch(Translator t, PtxStatement s) {
        t.emit(new Branch(s.operand(0).name()));
    }
}
