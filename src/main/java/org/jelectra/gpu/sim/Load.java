package org.jelectra.gpu.sim;

/** {@code ld}, of one register or a vector of them. */
final class Load extends Instruction {

    private final Space space;
    private final int bytes;
    private final Transfer[] transfers;

    Load(Space space, int bytes, Transfer[] transfers) {
        this.space = space;
        this.bytes = bytes;
        this.transfers = transfers;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int rest = lanes;
        while (rest != 0) {
            int located = space.locate(warp, rest, bytes, false);
            for (Transfer transfer : transfers) {
                transfer.load(warp, located);
            }
            rest &= ~located;
        }
    }
}
