package org.jelectra.gpu.sim;

/** {@code ld} and {@code st}, of one register or a vector of them. */
final class LoadStore extends Instruction {

    private final Space space;
    private final int bytes;
    private final boolean write;
    private final Access access;
    private final Transfer[] transfers;

    LoadStore(Space space, int bytes, boolean write, Access access, Transfer[] transfers) {
        this.space = space;
        this.bytes = bytes;
        this.write = write;
        this.access = access;
        this.transfers = transfers;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int rest = lanes;
        while (rest != 0) {
            int located = space.locate(warp, rest, bytes, write, access);
            for (Transfer transfer : transfers) {
                if (write) {
                    transfer.store(warp, located);
                } else {
                    transfer.load(warp, located);
                }
            }
            rest &= ~located;
        }
    }
}
