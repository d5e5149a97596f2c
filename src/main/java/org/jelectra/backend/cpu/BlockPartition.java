package org.jelectra.backend.cpu;

import static org.jelectra.backend.cpu.PanelGemm.ceil;

/**
 * How C is cut into tasks, each a rectangle.
 *
 * @param rows rows of C in a task
 * @param panels panels of B in a task
 * @param columns tasks side by side
 * @param tasks number of tasks
 */
record BlockPartition(int rows, int panels, int columns, int tasks) {

    /** Columns of C in a task, at most: panels of 256 columns by 256 rows are 256 KiB, a quarter of a second-level cache. */
    private static final int MAX_COLUMNS = 256;

    /** Rows of C in a task, at most, where tasks need not take all. */
    private static final int MAX_ROWS = 128;

    /** Multiplications in a task, at least: about 4 microseconds. */
    private static final long MIN_WORK = 1 << 18;

    /**
     * Rows of C in a task where A is transposed, at least and by multiples: a vector of 512 bits, so that the sums of A's rows
     * are added by whole vectors.
     */
    private static final int TRANSPOSED_ROWS = TileKernels.NARROW;

    /**
     * The tasks of a product, {@code wanted} or more if they are not too small then.
     *
     * @param count panels of B, each {@code width} columns
     * @param cutRows whether a task may take some rows of C; if not it takes all
     */
    static BlockPartition of(GemmOperands o, int count, int width, boolean cutRows, int wanted) {
        int leastRows = o.transposeA ? TRANSPOSED_ROWS : TileKernels.ROWS;
        int panels = Math.max(1, Math.min(count, MAX_COLUMNS / width));
        int rows = Math.max(1, cutRows ? Math.min(o.m, MAX_ROWS) : o.m);
        while (ceil(o.m, rows) * ceil(count, panels) < wanted && (long) rows * panels * width * o.k > 2 * MIN_WORK) {
            // halving the columns copies a transposed A once more, so the rows first
            if (cutRows && rows > leastRows && (rows > 32 || panels == 1)) {
                rows = (rows + 1) / 2;
            } else if (panels > 1) {
                panels = (panels + 1) / 2;
            } else {
                break;
            }
        }
        // even steps: the last block should not be a small rest
        int rowStep = even(o.m, rows, leastRows);
        int panelStep = even(count, panels, 1);
        int columns = ceil(count, panelStep);
        return new BlockPartition(rowStep, panelStep, columns, ceil(o.m, rowStep) * columns);
    }

    /** The smallest multiple of {@code unit} that makes as few blocks as {@code step} does. */
    private static int even(int total, int step, int unit) {
        return total == 0 ? unit : ceil(ceil(total, ceil(total, step)), unit) * unit;
    }
}
