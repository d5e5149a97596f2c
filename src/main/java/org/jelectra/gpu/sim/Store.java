package org.jelectra.gpu.sim;

/** {@code st}, of one register or a vector of them. */
final class Store extends Instruction {

    private final Space space;
    private final int bytes;
    private final Access access;
    private final Transfer[] transfers;

    Store(Space space, int bytes, Access access, Transfer[] transfers) {
        this.space = space;
        this.bytes = bytes;
        this.access = access;
        this.transfers = transfers;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int rest = lanes;
        while (rest != 0) {
            int located = space.locate(warp, rest, bytes, true, access);
            for (Transfer transfer : transfers) {
                transfer.store(warp, located);
            }
            rest &= ~located;
        }
    }
}
