package org.jelectra.gpu.sim;

/** {@code ld}, of one register or a vector of them. */
final class Load extends Instruction {

    private final Space space;
    private final int bytes;
    private final boolean relaxed;
    private final Transfer[] transfers;

    /** @param relaxed whether it may meet others that are while no order between them is defined */
    Load(Space space, int bytes, boolean relaxed, Transfer[] transfers) {
        this.space = space;
        this.bytes = bytes;
        this.relaxed = relaxed;
        this.transfers = transfers;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int rest = lanes;
        while (rest != 0) {
            int located =
                    relaxed ? space.locateAtomic(warp, rest, bytes, false) : space.locate(warp, rest, bytes, false);
            for (Transfer transfer : transfers) {
                transfer.load(warp, located);
            }
            rest &= ~located;
        }
    }
}
