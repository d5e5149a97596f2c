package org.jelectra.gpu.sim;

/** {@code ret} or {@code exit} of an entry. */
final class Exit extends Instruction {

    Exit() {
        super(Kind.EXIT);
    }

    @Override
    void execute(Warp warp, int lanes) {
        throw new AssertionError("the warp ends lanes");
    }
}
