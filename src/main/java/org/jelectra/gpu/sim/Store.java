package org.jelectra.gpu.sim;

/** {@code st}, of one register or a vector of them. */
final class Store extends Instruction {

    private final Space space;
    private final int bytes;
    private final boolean relaxed;
    private final Transfer[] transfers;

    /** @param relaxed whether it may meet others that are while no order between them is defined */
    Store(Space space, int bytes, boolean relaxed, Transfer[] transfers) {
        this.space = space;
        this.bytes = bytes;
        this.relaxed = relaxed;
        this.transfers = transfers;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int rest = lanes;
        while (rest != 0) {
            int located = relaxed ? space.locateAtomic(warp, rest, bytes, true) : space.locate(warp, rest, bytes, true);
            for (Transfer transfer : transfers) {
                transfer.store(warp, located);
            }
            rest &= ~located;
        }
    }
}
