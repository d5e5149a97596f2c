package org.jelectra.gpu.sim;

/** {@code bar.warp.sync}. */
final class WarpSync extends WarpInstruction {

    WarpSync(int members) {
        super(members);
    }

    @Override
    void execute(Warp warp, int lanes) {
        if (warp.block.races != null) {
            warp.block.races.join(1 << warp.number);
        }
    }
}
