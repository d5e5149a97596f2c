package org.jelectra.gpu.sim;

/** {@code ld}, of one register or a vector of them. */
final class Load extends Instruction {

    private final Space space;
    private final int bytes;
    private final Access access;
    private final Transfer[] transfers;

    Load(Space space, int bytes, Access access, Transfer[] transfers) {
        this.space = space;
        this.bytes = bytes;
        this.access = access;
        this.transfers = transfers;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int rest = lanes;
        while (rest != 0) {
            int located = space.locate(warp, rest, bytes, false, access);
            for (Transfer transfer : transfers) {
                transfer.load(warp, located);
            }
            rest &= ~located;
        }
    }
}
