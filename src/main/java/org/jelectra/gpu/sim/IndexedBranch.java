package org.jelectra.gpu.sim;

import java.util.List;

/** {@code brx.idx}: each lane to the label that its index selects. */
final class IndexedBranch extends Instruction {

    final int index;
    final List<String> labels;
    /** Index of the instruction for each of the labels. */
    int[] targets;

    IndexedBranch(int index, List<String> labels) {
        super(Kind.INDEXED_BRANCH);
        this.index = index;
        this.labels = labels;
    }

    /** Where a lane goes. */
    int target(Warp warp, int lane) {
        int value = warp.ints[index][lane];
        if (value < 0 || value >= targets.length) {
            throw warp.fault(
                    FaultKind.ILLEGAL_BRANCH, lane, 0, "index " + value + " of " + targets.length + " targets");
        }
        return targets[value];
    }

    @Override
    void execute(Warp warp, int lanes) {
        throw new AssertionError("the warp branches");
    }
}
