package org.jelectra.gpu.sim;

import java.util.Arrays;

/** Where control can go from each instruction. */
final class ControlFlow {

    private static final int[] NOWHERE = {};

    private ControlFlow() {}

    /** Indices of the instructions that can follow. */
    static int[] successors(Instruction[] code, int index) {
        Instruction instruction = code[index];
        boolean guarded = instruction.guard != Instruction.NONE;
        int[] taken = switch (instruction.kind) {
            case BRANCH -> new int[] {((Branch) instruction).target};
            case INDEXED_BRANCH -> ((IndexedBranch) instruction).targets;
            case EXIT -> NOWHERE;
            default -> new int[] {index + 1};
        };
        boolean falls = guarded && instruction.kind != Instruction.Kind.PLAIN;
        if (!falls) {
            return taken;
        }
        int[] both = Arrays.copyOf(taken, taken.length + 1);
        both[taken.length] = index + 1;
        return both;
    }
}
