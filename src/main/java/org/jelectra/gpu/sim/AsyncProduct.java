package org.jelectra.gpu.sim;

/**
 * {@code wgmma.mma_async.sync.aligned.m64nNk16.f32.bf16.bf16}: D = A B + D or D = A B by the four warps of a warpgroup, of which
 * each does the 16 rows that it holds. Executing it only issues it; {@link AsyncProducts} does the work.
 */
final class AsyncProduct extends WarpInstruction {

    /** Columns of D, and rows of B as its descriptor sees them. */
    final int columns;
    /** FLOAT registers: for each 8 columns two columns of rows 0-7, then of rows 8-15; and their numbers. */
    final int[] sums;

    final int[] sumNumbers;
    /** INT registers of A as {@code mma.m16n8k16} has them, and their numbers; empty where A is in shared memory. */
    final int[] fragments;

    final int[] fragmentNumbers;
    /** Layouts in shared memory. */
    final MatrixDescriptor left;

    final MatrixDescriptor right;
    /** 1 or -1: sign of the products. */
    final int sign;

    /** LONG registers with the descriptors; that of A is {@link #NONE} where it is in registers. */
    private final int leftBits;

    private final int rightBits;
    /** Predicate: whether D is added. */
    private final int accumulates;

    AsyncProduct(Registered sums, Registered fragments, Operand left, Operand right, int accumulates, int sign) {
        super(NONE);
        this.columns = 2 * sums.slots().length;
        this.sums = sums.slots();
        this.sumNumbers = sums.numbers();
        this.fragments = fragments.slots();
        this.fragmentNumbers = fragments.numbers();
        this.left = left.layout();
        this.leftBits = left.register();
        this.right = right.layout();
        this.rightBits = right.register();
        this.accumulates = accumulates;
        this.sign = sign;
        this.optionalReads = sumNumbers;
    }

    /** Registers by their slots and by their numbers. */
    record Registered(int[] slots, int[] numbers) {}

    /** A matrix in shared memory, with the LONG register that holds its descriptor. */
    record Operand(MatrixDescriptor layout, int register) {}

    @Override
    void execute(Warp warp, int lanes) {
        boolean adds = warp.predicates[accumulates] == Lanes.ALL;
        if (!adds && warp.predicates[accumulates] != 0) {
            throw warp.fault(
                    FaultKind.WARPGROUP,
                    Lanes.first(~warp.predicates[accumulates]),
                    0,
                    "scale-d holds in other lanes and does not in this one");
        }
        if (adds && unprovedOptional != null) {
            for (int register : unprovedOptional) {
                warp.checkWritten(register, lanes);
            }
        }
        long a = leftBits == NONE ? 0 : uniform(warp, leftBits);
        long b = uniform(warp, rightBits);
        warp.block.warpgroups.agree(warp, this, a, b, adds);
        warp.products.issue(this, a, b, adds);
    }

    private static long uniform(Warp warp, int register) {
        long[] values = warp.longs[register];
        for (int lane = 1; lane < Lanes.COUNT; lane++) {
            if (values[lane] != values[0]) {
                throw warp.fault(
                        FaultKind.WARPGROUP,
                        lane,
                        0,
                        "the descriptor is 0x" + Long.toHexString(values[lane]) + ", and 0x"
                                + Long.toHexString(values[0]) + " in lane 0");
            }
        }
        return values[0];
    }
}
