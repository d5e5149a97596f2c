package org.jelectra.gpu.sim;

/** Special registers (PTX ISA, section "Special Registers"), as far as the simulated device has them. */
enum SpecialRegister {
    TID_X("%tid.x"),
    TID_Y("%tid.y"),
    TID_Z("%tid.z"),
    NTID_X("%ntid.x"),
    NTID_Y("%ntid.y"),
    NTID_Z("%ntid.z"),
    CTAID_X("%ctaid.x"),
    CTAID_Y("%ctaid.y"),
    CTAID_Z("%ctaid.z"),
    NCTAID_X("%nctaid.x"),
    NCTAID_Y("%nctaid.y"),
    NCTAID_Z("%nctaid.z"),
    LANEID("%laneid"),
    WARPID("%warpid"),
    LANEMASK_EQ("%lanemask_eq"),
    LANEMASK_LT("%lanemask_lt"),
    LANEMASK_LE("%lanemask_le"),
    LANEMASK_GT("%lanemask_gt"),
    LANEMASK_GE("%lanemask_ge");

    private final String ptxName;

    SpecialRegister(String ptxName) {
        this.ptxName = ptxName;
    }

    /** By its name in PTX; null where it is unknown. */
    static SpecialRegister named(String name) {
        for (SpecialRegister register : values()) {
            if (register.ptxName.equals(name)) {
                return register;
            }
        }
        return null;
    }

    /** What a lane reads. */
    int value(Warp warp, int lane) {
        BlockRun block = warp.block;
        return switch (this) {
            case TID_X -> warp.thread(lane).x();
            case TID_Y -> warp.thread(lane).y();
            case TID_Z -> 0;
            case NTID_X -> block.shape.blockX();
            case NTID_Y -> block.shape.blockY();
            case NTID_Z -> 1;
            case CTAID_X -> block.x;
            case CTAID_Y -> block.y;
            case CTAID_Z -> block.z;
            case NCTAID_X -> block.shape.gridX();
            case NCTAID_Y -> block.shape.gridY();
            case NCTAID_Z -> block.shape.gridZ();
            case LANEID -> lane;
            case WARPID -> warp.number;
            case LANEMASK_EQ -> 1 << lane;
            case LANEMASK_LT -> (1 << lane) - 1;
            case LANEMASK_LE -> (2 << lane) - 1;
            case LANEMASK_GT -> -(2 << lane);
            case LANEMASK_GE -> -(1 << lane);
        };
    }
}
