package org.jelectra.gpu.sim;

/** An instruction that lanes execute together: those that a mask names, or all 32. */
abstract class WarpInstruction extends Instruction {

    /** Register with the mask of members; {@link #NONE} where all 32 lanes must take part. */
    final int members;

    WarpInstruction(int members) {
        super(Kind.WARP);
        this.members = members;
    }

    /**
     * Lanes that must be here before it can be executed. A lane that has ended is among them where the mask names it: it will
     * never come.
     *
     * @param lanes those that are here
     */
    final int required(Warp warp, int lanes) {
        if (members == NONE) {
            if (warp.live != Lanes.ALL) {
                throw warp.fault(
                        FaultKind.DIVERGENT_WARP,
                        Lanes.first(lanes),
                        0,
                        "all 32 lanes of the warp must take part, but lanes " + Warp.lanesText(~warp.live)
                                + " have ended or never were");
            }
            return Lanes.ALL;
        }
        int[] masks = warp.ints[members];
        if (lanes == Lanes.ALL && allName(masks)) {
            return warp.started;
        }
        int required = 0;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            int mask = masks[lane];
            if ((mask >>> lane & 1) == 0) {
                throw warp.fault(
                        FaultKind.DIVERGENT_WARP,
                        lane,
                        0,
                        "the mask 0x" + Integer.toHexString(mask) + " does not name the lane that executes it");
            }
            int first = Lanes.first(mask & lanes);
            if (first == lane ? (required & mask) != 0 : masks[first] != mask) {
                throw differing(warp, masks, lane, lanes);
            }
            required |= mask;
        }
        return required & warp.started;
    }

    /** Lanes may be in different groups, each with its mask; a lane cannot be in two of them. */
    private static KernelFault differing(Warp warp, int[] masks, int lane, int lanes) {
        int rest = lanes;
        while (masks[Lanes.first(rest)] == masks[lane] || (masks[Lanes.first(rest)] & masks[lane]) == 0) {
            rest &= rest - 1;
        }
        int other = Lanes.first(rest);
        return warp.fault(
                FaultKind.DIVERGENT_WARP,
                lane,
                0,
                "the mask is 0x" + Integer.toHexString(masks[lane]) + ", and 0x" + Integer.toHexString(masks[other])
                        + " in lane " + other + ": they name lanes in common and differ");
    }

    /** Whether the mask of each lane names all 32, as nearly always. */
    private static boolean allName(int[] masks) {
        int named = Lanes.ALL;
        for (int lane = 0; lane < Lanes.COUNT; lane++) {
            named &= masks[lane];
        }
        return named == Lanes.ALL;
    }
}
