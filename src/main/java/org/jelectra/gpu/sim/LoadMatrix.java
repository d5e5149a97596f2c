package org.jelectra.gpu.sim;

/**
 * {@code ldmatrix}: 1, 2 or 4 matrices of 8 rows of 16 bytes. Lane 8 i + r names row r of matrix i; each lane gets two
 * neighbouring elements of row lane / 4, or with {@code .trans} of column lane / 4.
 */
final class LoadMatrix extends WarpInstruction {

    private static final int ROWS = 8;
    private static final int ROW_BYTES = 16;

    private final int address;
    private final int offset;
    private final int[] targets;
    private final boolean transposed;

    LoadMatrix(int address, long offset, int[] targets, boolean transposed) {
        super(NONE);
        this.address = address;
        this.offset = (int) offset;
        this.targets = targets;
        this.transposed = transposed;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int[] places = warp.scratch.offsets;
        SharedMemory shared = warp.block.shared;
        for (int lane = 0; lane < Lanes.COUNT; lane++) {
            places[lane] = warp.ints[address][lane] + offset;
        }
        shared.check(warp, -1 >>> Lanes.COUNT - ROWS * targets.length, places, ROW_BYTES, false);
        for (int i = 0; i < targets.length; i++) {
            warp.counts.countShared(places, ROW_BYTES, 0xFF << ROWS * i);
            load(shared.data, places, ROWS * i, warp.ints[targets[i]]);
        }
    }

    private void load(byte[] data, int[] places, int firstRow, int[] result) {
        for (int lane = 0; lane < Lanes.COUNT; lane++) {
            int row = lane >> 2;
            int column = 2 * (lane & 3);
            if (transposed) {
                char low = (char) Bytes.CHAR.get(data, places[firstRow + column] + 2 * row);
                char high = (char) Bytes.CHAR.get(data, places[firstRow + column + 1] + 2 * row);
                result[lane] = low | high << 16;
            } else {
                result[lane] = (int) Bytes.INT.get(data, places[firstRow + row] + 2 * column);
            }
        }
    }
}
