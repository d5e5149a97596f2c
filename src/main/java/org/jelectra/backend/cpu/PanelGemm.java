package org.jelectra.backend.cpu;

/**
 * Matrix products in Java, after Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (ACM TOMS 34(3),
 * 2008): B is copied once per product into panels as wide as the micro-kernel's tile, by all workers; then each task computes
 * a rectangle of C, block by block of k, with a panel of B in the first-level cache. A is read where it lies; only a transposed
 * A is copied into panels, a block at a time.
 *
 * <p>The sum of one element of C runs over k in ascending order, block after block, whatever the rectangle it lies in: results
 * are bit-equal for any number of workers, and for {@link #multiply} and a prepared product.
 */
public final class PanelGemm implements Gemm {

    private final CpuKernels kernels;
    private final Workers workers;
    private final TileLoop[] loops;
    private final int width;
    /** Panels of B of the product that runs: one product at a time. */
    private float[] panels = new float[0];

    /** Products by the given kernels on the given workers. */
    public PanelGemm(CpuKernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
        this.width = kernels.tileColumns();
        this.loops = new TileLoop[workers.count()];
        for (int i = 0; i < loops.length; i++) {
            loops[i] = new TileLoop(kernels);
        }
    }

    @Override
    public String name() {
        return "panels, " + kernels.name();
    }

    @Override
    public Product prepare(boolean transposeA, boolean transposeB, int m, int n, int k) {
        check(m, n, k);
        long size = (long) panelCount(n) * width * k;
        if (size > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException("the second operand is too large: " + k + " x " + n);
        }
        if (panels.length < size) {
            panels = new float[(int) size];
        }
        if (transposeA) {
            for (TileLoop loop : loops) {
                loop.reserveA(m, k);
            }
        }
        return new Panels(transposeA, transposeB, m, n, k);
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
        check(m, n, k);
        TileLoop loop = loops[worker];
        int count = panelCount(n);
        float[] own = loop.reserveB(Math.multiplyExact(count * width, k));
        for (int p = 0; p < count; p++) {
            packPanel(transposeB, n, k, p, b, bo, ldb, own);
        }
        loop.run(transposeA, k, n, 0, m, 0, count, a, ao, lda, own, beta == 0, null, 0, c, co, ldc);
    }

    private static void check(int m, int n, int k) {
        if (m < 0 || n < 0 || k < 0) {
            throw new IllegalArgumentException("negative size: m=" + m + " n=" + n + " k=" + k);
        }
    }

    private int panelCount(int n) {
        return (n + width - 1) / width;
    }

    private void packPanel(boolean transposeB, int n, int k, int panel, float[] b, int bo, int ldb, float[] to) {
        int j = panel * width;
        int columns = Math.min(width, n - j);
        int t = j * k;
        if (transposeB) {
            Packing.packTransposed(k, columns, width, b, bo + j * ldb, ldb, to, t);
        } else if (columns == width) {
            kernels.pack(k, b, bo + j, ldb, to, t);
        } else {
            Packing.packPartial(k, columns, width, b, bo + j, ldb, to, t);
        }
    }

    /** A prepared product: its partition, and its operands while it runs. */
    private final class Panels implements Product {

        /** Columns of C in a task, at most: panels of 512 columns by 256 rows are 512 KiB, half of a second-level cache. */
        private static final int MAX_COLUMNS = 512;
        /** Rows of C in a task, at most. */
        private static final int MAX_ROWS = 128;
        /** Multiplications in a task, at least: about 2 microseconds. */
        private static final long MIN_WORK = 1 << 17;
        /** Elements of B that one packing task copies, at least. */
        private static final int MIN_PACK = 8192;

        private final boolean transposeA;
        private final boolean transposeB;
        private final int m;
        private final int n;
        private final int k;
        private final int count;
        private final int packStep;
        private final int rowStep;
        private final int panelStep;
        private final int columnTasks;
        private final int tasks;
        private final Workers.Body packBody = this::pack;
        private final Workers.Body multiplyBody = this::multiplyBlock;
        private float[] a;
        private int ao;
        private int lda;
        private float[] b;
        private int bo;
        private int ldb;
        private boolean overwrite;
        private float[] bias;
        private int biasOffset;
        private float[] c;
        private int co;
        private int ldc;

        Panels(boolean transposeA, boolean transposeB, int m, int n, int k) {
            this.transposeA = transposeA;
            this.transposeB = transposeB;
            this.m = m;
            this.n = n;
            this.k = k;
            this.count = panelCount(n);
            this.packStep = Math.max(1, MIN_PACK / Math.max(1, width * k));
            int wanted = workers.count() == 1 ? 1 : 4 * workers.count();
            int rows = Math.min(m, MAX_ROWS);
            int columns = Math.min(count, MAX_COLUMNS / width);
            while (tasks(rows, columns) < wanted && (long) rows * columns * width * k > 2 * MIN_WORK) {
                // halving the columns packs a transposed A twice, so only when the rows are few
                if (rows > 32 || (rows > CpuKernels.TILE_ROWS && columns == 1)) {
                    rows = roundUp((rows + 1) / 2, CpuKernels.TILE_ROWS);
                } else if (columns > 1) {
                    columns = (columns + 1) / 2;
                } else {
                    break;
                }
            }
            // even steps: the last block should not be a small rest
            int rowTasks = ceil(m, rows);
            this.rowStep = transposeA
                    ? roundUp(ceil(m, rowTasks), rows >= width ? width : CpuKernels.TILE_ROWS)
                    : roundUp(ceil(m, rowTasks), CpuKernels.TILE_ROWS);
            this.panelStep = ceil(count, ceil(count, columns));
            this.columnTasks = ceil(count, panelStep);
            this.tasks = ceil(m, rowStep) * columnTasks;
        }

        private int tasks(int rows, int columns) {
            return ceil(m, rows) * ceil(count, columns);
        }

        private static int ceil(int x, int step) {
            return step == 0 ? 0 : (x + step - 1) / step;
        }

        private static int roundUp(int x, int step) {
            return Math.max(step, ceil(x, step) * step);
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
            this.a = a;
            this.ao = ao;
            this.lda = lda;
            this.b = b;
            this.bo = bo;
            this.ldb = ldb;
            this.overwrite = beta == 0;
            this.bias = bias;
            this.biasOffset = biasOffset;
            this.c = c;
            this.co = co;
            this.ldc = ldc;
            workers.run(ceil(count, packStep), packBody);
            workers.run(tasks, multiplyBody);
        }

        private void pack(int task, int worker) {
            int end = Math.min(count, (task + 1) * packStep);
            for (int p = task * packStep; p < end; p++) {
                packPanel(transposeB, n, k, p, b, bo, ldb, panels);
            }
        }

        private void multiplyBlock(int task, int worker) {
            int row = task / columnTasks * rowStep;
            int panel = task % columnTasks * panelStep;
            loops[worker].run(
                    transposeA,
                    k,
                    n,
                    row,
                    Math.min(m, row + rowStep),
                    panel,
                    Math.min(count, panel + panelStep),
                    a,
                    ao,
                    lda,
                    panels,
                    overwrite,
                    bias,
                    biasOffset,
                    c,
                    co,
                    ldc);
        }
    }
}
