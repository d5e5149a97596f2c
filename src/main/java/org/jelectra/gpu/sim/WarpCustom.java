package org.jelectra.gpu.sim;

/** An instruction that lanes execute together and that is given as a function. */
final class WarpCustom extends WarpInstruction {

    private final Custom.Body body;

    WarpCustom(int members, Custom.Body body) {
        super(members);
        this.body = body;
    }

    @Override
    void execute(Warp warp, int lanes) {
        body.run(warp, lanes);
    }
}
