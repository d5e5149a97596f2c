package org.jelectra.gpu.sim;

/** {@code bra}. */
final class Branch extends Instruction {

    final String label;
    /** Index of the next instruction of the lanes that branch. */
    int target;

    Branch(String label) {
        super(Kind.BRANCH);
        this.label = label;
    }

    @Override
    void execute(Warp warp, int lanes) {
        throw new AssertionError("the warp branches");
    }
}
