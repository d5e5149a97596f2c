package org.jelectra.gpu.sim;

/** {@code st}, of one register or a vector of them. */
final class Store extends Instruction {

    private final Space space;
    private final int bytes;
    private final Transfer[] transfers;

    Store(Space space, int bytes, Transfer[] transfers) {
        this.space = space;
        this.bytes = bytes;
        this.transfers = transfers;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int rest = lanes;
        while (rest != 0) {
            int located = space.locate(warp, rest, bytes, true);
            for (Transfer transfer : transfers) {
                transfer.store(warp, located);
            }
            rest &= ~located;
        }
    }
}
