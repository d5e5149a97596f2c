package org.jelectra.gpu.sim;

/** {@code atom} and {@code red}: lanes in their order, one after the other. */
final class Atomic extends Instruction {

    /** What it makes of the old value and the operands; all are bits of the operation's type. */
    @FunctionalInterface
    interface Update {
        long apply(long old, long operand, long second);
    }

    private final Space space;
    private final int bytes;
    private final Update update;
    private final Access access;
    private final boolean wide;
    /** Registers of class INT, or LONG for 8 bytes; {@link #NONE} for a target that is not wanted. */
    private final int d;

    private final int operand;
    private final int second;

    Atomic(Space space, int bytes, Update update, Access access, int d, int operand, int second) {
        this.space = space;
        this.bytes = bytes;
        this.update = update;
        this.access = access;
        this.wide = bytes == 8;
        this.d = d;
        this.operand = operand;
        this.second = second;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int rest = lanes;
        while (rest != 0) {
            int located = space.locate(warp, rest, bytes, false, access);
            synchronized (warp.memory) {
                for (int lane = 0; lane < Lanes.COUNT; lane++) {
                    if ((located >>> lane & 1) != 0) {
                        update(warp, lane);
                    }
                }
            }
            rest &= ~located;
        }
    }

    private void update(Warp warp, int lane) {
        int place = warp.scratch.offsets[lane];
        if (wide) {
            long old = (long) Bytes.LONG.get(warp.memory, place);
            Bytes.LONG.set(warp.memory, place, update.apply(old, warp.longs[operand][lane], warp.longs[second][lane]));
            if (d != NONE) {
                warp.longs[d][lane] = old;
            }
            return;
        }
        int old = (int) Bytes.INT.get(warp.memory, place);
        int value = (int) update.apply(old, warp.ints[operand][lane], warp.ints[second][lane]);
        Bytes.INT.set(warp.memory, place, value);
        if (d != NONE) {
            warp.ints[d][lane] = old;
        }
    }
}
