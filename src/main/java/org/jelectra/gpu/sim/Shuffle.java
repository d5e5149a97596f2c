package org.jelectra.gpu.sim;

import org.jelectra.gpu.sim.ptx.PtxStatement;

/** {@code shfl.sync}. */
final class Shuffle extends WarpInstruction {

    private enum Mode {
        UP,
        DOWN,
        BFLY,
        IDX
    }

    private final Mode mode;
    private final int d;
    /** Predicate that tells whether the source lane was in range; {@link #NONE} where nobody asks. */
    private final int inRange;

    private final int a;
    private final int b;
    private final int c;

    Shuffle(PtxStatement s, int d, int inRange, int a, int b, int c, int members) {
        super(members);
        this.mode = switch (s.part(2)) {
            case "up" -> Mode.UP;
            case "down" -> Mode.DOWN;
            case "bfly" -> Mode.BFLY;
            case "idx" -> Mode.IDX;
            default -> throw s.error("unknown mode of shfl");
        };
        this.d = d;
        this.inRange = inRange;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int[] values = warp.ints[a];
        int[] result = warp.scratch.intResult;
        int[] masks = warp.ints[members];
        int valid = 0;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            int source = source(warp.ints[b][lane] & 31, warp.ints[c][lane], lane);
            if (source >= 0) {
                valid |= 1 << lane;
            } else {
                source = lane;
            }
            int partners = lanes & masks[lane];
            if ((partners >>> source & 1) == 0) {
                throw warp.fault(
                        FaultKind.DIVERGENT_WARP,
                        lane,
                        0,
                        "the value of lane " + source + " is wanted, which takes no part; lanes "
                                + Warp.lanesText(partners) + " do");
            }
            result[lane] = values[source];
        }
        Lanes.copy(result, warp.ints[d], lanes);
        if (inRange != NONE) {
            warp.predicates[inRange] = warp.predicates[inRange] & ~lanes | valid;
        }
    }

    /** Lane that is read; negative where it lies outside of the lane's segment. */
    private int source(int by, int limits, int lane) {
        int clamp = limits & 31;
        int segment = limits >>> 8 & 31;
        int highest = lane & segment | clamp & ~segment;
        switch (mode) {
            case UP:
                return lane - by >= highest ? lane - by : -1;
            case DOWN:
                return lane + by <= highest ? lane + by : -1;
            case BFLY:
                return (lane ^ by) <= highest ? lane ^ by : -1;
            default:
                int source = lane & segment | by & ~segment;
                return source <= highest ? source : -1;
        }
    }
}
