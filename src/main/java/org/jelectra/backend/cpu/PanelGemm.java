package org.jelectra.backend.cpu;

import java.util.HashMap;
import java.util.Map;

/**
 * Matrix products in Java, after Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (ACM TOMS 34(3),
 * 2008): B is copied into panels as wide as the micro-kernel's tile, and each task computes a rectangle of C, block by block of
 * k, with a panel of B in the first-level cache. A is read where it lies; only a transposed A is copied into panels, a block at
 * a time.
 *
 * <p>The sum of one element of C runs over k in ascending order, block after block, whatever the rectangle it lies in: results
 * are bit-equal for any number of workers, and for {@link #multiply} and a prepared product.
 */
public final class PanelGemm implements Gemm {

    private final CpuKernels kernels;
    private final TileKernels tiles;
    private final Workers workers;
    private final TileLoop[] loops;
    private final int width;
    /** Panels of B of the product that runs: one product at a time. */
    private float[] panels = new float[0];
    /** Panels of operands that never change. */
    private final Map<Constant, float[]> constants = new HashMap<>();

    /** An operand B that never changes; arrays are equal if they are the same one. */
    private record Constant(float[] b, int offset, int ldb, boolean transpose, int n, int k) {}

    /** Products by the given kernels on the given workers. */
    public PanelGemm(CpuKernels kernels, Workers workers) {
        this.kernels = kernels;
        this.tiles = kernels.tiles();
        this.workers = workers;
        this.width = tiles.columns();
        this.loops = new TileLoop[workers.count()];
        for (int i = 0; i < loops.length; i++) {
            loops[i] = new TileLoop(tiles);
        }
    }

    @Override
    public String name() {
        return "panels, " + kernels.name();
    }

    @Override
    public Product prepare(boolean transposeA, boolean transposeB, int m, int n, int k) {
        return new Panels(transposeA, transposeB, m, n, k, null);
    }

    /** Copying B costs as much as multiplying it by some 32 rows: single short texts are computed twice as fast without. */
    @Override
    public Product prepareConstant(
            boolean transposeA, boolean transposeB, int m, int n, int k, float[] b, int bo, int ldb) {
        float[] packed = constants.computeIfAbsent(new Constant(b, bo, ldb, transposeB, n, k), this::pack);
        return new Panels(transposeA, transposeB, m, n, k, packed);
    }

    private float[] pack(Constant constant) {
        Operands operands = new Operands();
        operands.shape(false, constant.transpose, 0, constant.n, constant.k);
        operands.arrays(null, 0, 0, constant.b, constant.offset, constant.ldb, 0, null, 0, null, 0, 0);
        int count = ceil(constant.n, width);
        float[] packed = new float[Math.toIntExact(size(count, constant.n, constant.k))];
        for (int panel = 0; panel < count; panel++) {
            Packing.panelOfB(tiles, operands, panel, 0, constant.k, packed, panel * width * constant.k);
        }
        return packed;
    }

    private long size(int count, int n, int k) {
        long size = (long) count * width * k;
        if (size > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException("the second operand is too large: " + k + " x " + n);
        }
        return size;
    }

    @Override
    public void multiply(
            int worker,
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            int ldb,
            float beta,
            float[] c,
            int co,
            int ldc) {
        TileLoop loop = loops[worker];
        Operands operands = loop.operands;
        operands.shape(transposeA, transposeB, m, n, k);
        operands.arrays(a, ao, lda, b, bo, ldb, beta, null, 0, c, co, ldc);
        loop.run(operands, null, 0, m, 0, ceil(n, width));
    }

    private static int ceil(int x, int step) {
        return (x + step - 1) / step;
    }

    /**
     * A prepared product. Either every task copies the panels of B that it needs (products with few rows, where one task takes
     * all rows), or all workers first copy all of B and then share it, or the panels are there already.
     */
    private final class Panels implements Product {

        /** Rows of a product whose tasks take all rows, at most: its panels of B are used at least once and copied once. */
        private static final int FEW_ROWS = 512;
        /** Columns of C in a task, at most: panels of 256 columns by 256 rows are 256 KiB, a quarter of a second-level cache. */
        private static final int MAX_COLUMNS = 256;
        /** Rows of C in a task, at most. */
        private static final int MAX_ROWS = 128;
        /** Multiplications in a task, at least: about 4 microseconds. */
        private static final long MIN_WORK = 1 << 18;
        /** Elements of B that one packing task copies, at least. */
        private static final int MIN_PACK = 8192;
        /**
         * Rows of C in a task where A is transposed, at least and by multiples: a vector of 512 bits, so that the sums of A's
         * rows are added by whole vectors.
         */
        private static final int TRANSPOSED_ROWS = TileKernels.NARROW;

        private final Operands operands = new Operands();
        private final boolean shared;
        /** Panels of a B that never changes, or null. */
        private final float[] constant;

        private final int count;
        /** Panels of B that a packing task copies; or each panel is copied in {@link #packParts} parts of {@link #packDepth} rows. */
        private final int packStep;

        private final int packDepth;
        private final int packParts;
        private final int rowStep;
        private final int panelStep;
        private final int columnTasks;
        private final int tasks;
        private final Workers.Body packBody = this::pack;
        private final Workers.Body multiplyBody = this::multiplyBlock;

        Panels(boolean transposeA, boolean transposeB, int m, int n, int k, float[] constant) {
            this.constant = constant;
            operands.shape(transposeA, transposeB, m, n, k);
            count = ceil(n, width);
            int wanted = workers.count() == 1 ? 1 : 4 * workers.count();
            packStep = Math.max(1, MIN_PACK / Math.max(1, width * Math.max(1, k)));
            // a narrow B has too few panels for all workers
            int depth = Math.max(ceil(k, ceil(wanted, Math.max(1, count))), ceil(MIN_PACK, width));
            packDepth = packStep > 1 ? Math.max(1, k) : Math.min(Math.max(1, k), depth);
            packParts = Math.max(1, ceil(k, packDepth));
            int leastRows = transposeA ? TRANSPOSED_ROWS : TileKernels.ROWS;
            int columns = Math.max(1, Math.min(count, MAX_COLUMNS / width));
            shared = constant != null || m > FEW_ROWS || count < 2 * workers.count();
            int rows = Math.max(1, shared ? Math.min(m, MAX_ROWS) : m);
            while (ceil(m, rows) * ceil(count, columns) < wanted && (long) rows * columns * width * k > 2 * MIN_WORK) {
                // halving the columns copies a transposed A once more, so the rows first
                if (shared && rows > leastRows && (rows > 32 || columns == 1)) {
                    rows = (rows + 1) / 2;
                } else if (columns > 1) {
                    columns = (columns + 1) / 2;
                } else {
                    break;
                }
            }
            // even steps: the last block should not be a small rest
            rowStep = even(m, rows, leastRows);
            panelStep = even(count, columns, 1);
            columnTasks = ceil(count, panelStep);
            tasks = ceil(m, rowStep) * columnTasks;
            if (shared && constant == null) {
                reserve();
            }
            for (TileLoop loop : loops) {
                loop.reserve(operands, rowStep);
            }
        }

        private void reserve() {
            long size = size(count, operands.n, operands.k);
            if (panels.length < size) {
                panels = new float[(int) size];
            }
        }

        /** The smallest multiple of {@code unit} that makes as few blocks as {@code step} does. */
        private static int even(int total, int step, int unit) {
            return total == 0 ? unit : ceil(ceil(total, ceil(total, step)), unit) * unit;
        }

        @Override
        public void run(
                float[] a,
                int ao,
                int lda,
                float[] b,
                int bo,
                int ldb,
                float beta,
                float[] bias,
                int biasOffset,
                float[] c,
                int co,
                int ldc) {
            operands.arrays(a, ao, lda, b, bo, ldb, beta, bias, biasOffset, c, co, ldc);
            if (shared && constant == null) {
                workers.run(ceil(count, packStep) * packParts, packBody);
            }
            workers.run(tasks, multiplyBody);
        }

        @Override
        public boolean addRowSums(float[] sums, int offset) {
            if (!operands.transposeA || operands.n == 0) {
                return false;
            }
            operands.rowSums = sums;
            operands.rowSumsOffset = offset;
            return true;
        }

        private void pack(int task, int worker) {
            int first = task / packParts * packStep;
            int end = Math.min(count, first + packStep);
            int k0 = task % packParts * packDepth;
            int depth = Math.min(packDepth, operands.k - k0);
            for (int p = first; p < end; p++) {
                Packing.panelOfB(tiles, operands, p, k0, depth, panels, (p * operands.k + k0) * width);
            }
        }

        private void multiplyBlock(int task, int worker) {
            int row = task / columnTasks * rowStep;
            int panel = task % columnTasks * panelStep;
            int rowEnd = Math.min(operands.m, row + rowStep);
            int panelEnd = Math.min(count, panel + panelStep);
            float[] copied = constant != null ? constant : shared ? panels : null;
            loops[worker].run(operands, copied, row, rowEnd, panel, panelEnd);
        }
    }
}
