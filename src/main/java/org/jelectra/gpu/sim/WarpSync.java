package org.jelectra.gpu.sim;

/**
 * {@code bar.warp.sync}. It orders what all lanes of the warp did before; where the mask names only some of them, these wait for each
 * other, and races between them are still reported.
 */
final class WarpSync extends WarpInstruction {

    WarpSync(int members) {
        super(members);
    }

    @Override
    void execute(Warp warp, int lanes) {
        boolean whole = (warp.started & ~lanes) == 0 && (warp.started & ~warp.ints[members][Lanes.first(lanes)]) == 0;
        if (whole && warp.block.clocks != null) {
            warp.block.clocks.join(1 << warp.number);
        }
    }
}
