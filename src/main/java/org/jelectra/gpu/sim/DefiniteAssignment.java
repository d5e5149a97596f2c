package org.jelectra.gpu.sim;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.function.IntPredicate;

/**
 * Proves of most registers that they are written before they are read, on every path, so that only the others have to be checked
 * while the kernel runs.
 */
final class DefiniteAssignment {

    private final Instruction[] code;
    private final int registers;
    /** For each instruction the registers that are written on all paths to it; null while none is known. */
    private final BitSet[] written;

    private DefiniteAssignment(Program program) {
        this.code = program.code;
        this.registers = program.registerNames.length;
        this.written = new BitSet[code.length];
    }

    /** Marks the instructions whose reads are to be checked, and those whose writes are to be tracked for that. */
    static void mark(Program program) {
        DefiniteAssignment analysis = new DefiniteAssignment(program);
        analysis.solve();
        analysis.mark();
    }

    private void solve() {
        Deque<Integer> work = new ArrayDeque<>();
        written[0] = new BitSet(registers);
        work.add(0);
        while (!work.isEmpty()) {
            int index = work.remove();
            BitSet behind = (BitSet) written[index].clone();
            if (code[index].guard == Instruction.NONE) {
                for (int register : code[index].writes) {
                    behind.set(register);
                }
            }
            for (int next : ControlFlow.successors(code, index)) {
                if (written[next] == null) {
                    written[next] = (BitSet) behind.clone();
                    work.add(next);
                } else {
                    int before = written[next].cardinality();
                    written[next].and(behind);
                    if (written[next].cardinality() != before) {
                        work.add(next);
                    }
                }
            }
        }
    }

    private void mark() {
        BitSet doubtful = new BitSet(registers);
        for (int i = 0; i < code.length; i++) {
            if (written[i] == null) {
                continue;
            }
            BitSet optional = new BitSet();
            Arrays.stream(code[i].optionalReads).forEach(optional::set);
            code[i].unproved = unproved(code[i], written[i], register -> !optional.get(register), doubtful);
            code[i].unprovedOptional = unproved(code[i], written[i], optional::get, doubtful);
        }
        for (Instruction instruction : code) {
            int[] tracked =
                    Arrays.stream(instruction.writes).filter(doubtful::get).toArray();
            instruction.tracked = tracked.length > 0 ? tracked : null;
        }
    }

    private static int[] unproved(Instruction instruction, BitSet known, IntPredicate wanted, BitSet doubtful) {
        int[] registers = Arrays.stream(instruction.reads)
                .filter(register -> !known.get(register))
                .filter(wanted)
                .distinct()
                .toArray();
        Arrays.stream(registers).forEach(doubtful::set);
        return registers.length > 0 ? registers : null;
    }
}
