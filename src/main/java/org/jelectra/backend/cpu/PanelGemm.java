package org.jelectra.backend.cpu;

import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Matrix products on row-major float32 matrices: {@code C = op(A) op(B) + beta C}, with op either the identity or the transpose;
 * op(A) is m x k, op(B) k x n, C m x n; stored rows lie a stride apart.
 *
 * <p>After Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (ACM TOMS 34(3), 2008): B is copied into panels as wide as the micro-kernel's tile, and each task computes a rectangle of C, block by block of
 * k, with a panel of B in the first-level cache. A is read where it lies; only a transposed A is copied into panels, a block at
 * a time.
 *
 * <p>The sum of one element of C runs over k in ascending order, block after block, whatever the rectangle it lies in: results
 * are bit-equal for any number of workers, and for {@link #multiply} and a prepared product.
 */
final class PanelGemm {

    private final TileKernels tiles;
    private final Workers workers;
    private final TileLoop[] loops;
    private final int width;
    /** Panels of B of the product that runs: one product at a time. */
    private float[] panels = new float[0];
    /** Panels of operands that never change, by their arrays, with which they go. */
    private final Map<float[], Map<Constant, float[]>> constants = new WeakHashMap<>();

    /** What of an array is an operand B that never changes. */
    private record Constant(int offset, int stride, boolean transpose, int n, int k) {}

    /** Products by the given kernels on the given workers. */
    public PanelGemm(CpuKernels kernels, Workers workers) {
        this.tiles = kernels.tiles();
        this.workers = workers;
        this.width = tiles.columns();
        this.loops = new TileLoop[workers.count()];
        for (int i = 0; i < loops.length; i++) {
            loops[i] = new TileLoop(tiles);
        }
    }

    /** Prepares a product that uses all workers. Nothing is allocated when it runs. */
    public Product prepare(boolean transposeA, boolean transposeB, int m, int n, int k) {
        return new Product(transposeA, transposeB, m, n, k, null);
    }

    /**
     * As {@link #prepare}, with an operand B that never changes: its panels are copied now, and once for all products with the same
     * one. When the product runs it has to be given the same one. The results are the same bits. Copying B costs as much as
     * multiplying it by some 32 rows: single short texts are computed twice as fast without.
     */
    public Product prepareConstant(boolean transposeA, boolean transposeB, int m, int n, int k, Matrix b) {
        Constant constant = new Constant(b.offset(), b.stride(), transposeB, n, k);
        float[] packed = constants
                .computeIfAbsent(b.values(), values -> new HashMap<>())
                .computeIfAbsent(constant, key -> pack(b, key));
        return new Product(transposeA, transposeB, m, n, k, packed);
    }

    private float[] pack(Matrix b, Constant constant) {
        GemmOperands operands = new GemmOperands();
        operands.shape(false, constant.transpose, 0, constant.n, constant.k);
        operands.b(b.values(), b.offset(), b.stride());
        int count = ceil(constant.n, width);
        float[] packed = new float[size(count, constant.n, constant.k)];
        for (int panel = 0; panel < count; panel++) {
            Packing.panelOfB(tiles, operands, panel, 0, constant.k, packed, panel * width * constant.k);
        }
        return packed;
    }

    private int size(int count, int n, int k) {
        long size = (long) count * width * k;
        if (size > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException("the second operand is too large: " + k + " x " + n);
        }
        return (int) size;
    }

    /**
     * Shape and operands of the product that a worker computes alone; it fills in all of them before each {@linkplain #multiply
     * product}: what it leaves out is the last one's.
     */
    public GemmOperands operands(int worker) {
        return loops[worker].operands;
    }

    /** One product on the calling worker's thread, with that worker's scratch memory; for many small products side by side. */
    public void multiply(int worker) {
        GemmOperands operands = operands(worker);
        loops[worker].run(operands, null, 0, operands.m, 0, ceil(operands.n, width));
    }

    /** Blocks of {@code step} that hold x. */
    static int ceil(int x, int step) {
        return (x + step - 1) / step;
    }

    /**
     * A prepared product. Either every task copies the panels of B that it needs (products with few rows, where one task takes
     * all rows), or all workers first copy all of B and then share it, or the panels are there already.
     */
    public final class Product {

        /** Rows of a product whose tasks take all rows, at most: its panels of B are used at least once and copied once. */
        private static final int FEW_ROWS = 512;

        private final GemmOperands operands = new GemmOperands();
        private final int count;
        /** Panels of a B that never changes, or null. */
        private final float[] constant;

        private final boolean packsFirst;
        private final PackPartition packing;
        private final BlockPartition blocks;
        private final Workers.Body packBody = this::pack;
        private final Workers.Body multiplyBody = this::multiplyBlock;

        private Product(boolean transposeA, boolean transposeB, int m, int n, int k, float[] constant) {
            this.constant = constant;
            operands.shape(transposeA, transposeB, m, n, k);
            count = ceil(n, width);
            int threads = workers.count();
            int wanted = threads == 1 ? 1 : 4 * threads;
            packsFirst = constant == null && (m > FEW_ROWS || count < 2 * threads);
            packing = PackPartition.of(count, width, k, wanted);
            blocks = BlockPartition.of(operands, count, width, packsFirst || constant != null, wanted);
            if (packsFirst) {
                reserve();
            }
            for (TileLoop loop : loops) {
                loop.reserve(operands, blocks.rows());
            }
        }

        private void reserve() {
            int size = size(count, operands.n, operands.k);
            if (panels.length < size) {
                panels = new float[size];
            }
        }

        /**
         * Runs on the given operands. {@code beta} is 0 (C is overwritten, whatever it held, NaN included) or 1. Where
         * {@code bias}, a row, is not null, {@code bias[j]} is added to every row (only with beta = 0).
         */
        public void run(Matrix a, Matrix b, float beta, Matrix bias, Matrix c) {
            operands.matrices(a, b, beta, bias, c);
            if (packsFirst) {
                workers.run(packing.tasks(), packBody);
            }
            workers.run(blocks.tasks(), multiplyBody);
        }

        /**
         * Asks that every later run also adds the sums of the rows of op(A), over k in ascending order, to
         * {@code sums[offset .. offset + m)}: a weight's gradient reads all that its bias' gradient needs.
         * Only for a product that reads A transposed, and has columns.
         */
        public void addRowSums(float[] sums, int offset) {
            if (!operands.transposeA || operands.n == 0) {
                throw new IllegalStateException("row sums need a product of a transposed A that has columns, got "
                        + (operands.transposeA ? "no columns" : "an A that is not transposed"));
            }
            operands.rowSums = sums;
            operands.rowSumsOffset = offset;
        }

        private void pack(int task, int worker) {
            int first = task / packing.parts() * packing.step();
            int end = Math.min(count, first + packing.step());
            int k0 = task % packing.parts() * packing.depth();
            int depth = Math.min(packing.depth(), operands.k - k0);
            for (int p = first; p < end; p++) {
                Packing.panelOfB(tiles, operands, p, k0, depth, panels, (p * operands.k + k0) * width);
            }
        }

        private void multiplyBlock(int task, int worker) {
            int row = task / blocks.columns() * blocks.rows();
            int panel = task % blocks.columns() * blocks.panels();
            int rowEnd = Math.min(operands.m, row + blocks.rows());
            int panelEnd = Math.min(count, panel + blocks.panels());
            float[] copied = packsFirst ? panels : constant;
            loops[worker].run(operands, copied, row, rowEnd, panel, panelEnd);
        }
    }
}
