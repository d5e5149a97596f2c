package org.jelectra.gpu.sim;

/** {@code bar.warp.sync}. */
final class WarpSync extends WarpInstruction {

    WarpSync(int members) {
        super(members);
    }

    @Override
    void execute(Warp warp, int lanes) {
        if (warp.block.clocks != null) {
            warp.block.clocks.join(1 << warp.number);
        }
    }
}
