package org.jelectra.backend.cpu;

/**
 * Matrix products on row-major float32 matrices: {@code C = op(A) op(B) + beta C}, with op either the identity or the transpose;
 * op(A) is m x k, op(B) k x n, C m x n; stored rows lie a stride apart.
 *
 * <p>Every element of C is summed in an order that depends on the shape alone, so results are bit-equal for any number of
 * threads.
 */
public interface Gemm {

    /** Short name for reports, for example {@code panels, vector (512 bits)} or {@code OpenBLAS 0.3.31}. */
    String name();

    /** Prepares a product that uses all workers. Nothing is allocated when it runs. {@code bias} (length n) may be null. */
    Product prepare(boolean transposeA, boolean transposeB, int m, int n, int k);

    /**
     * As {@link #prepare}, with an operand B that never changes: what the product makes of it, it makes now, and once for all
     * products with the same one. When the product runs it has to be given the same one. The results are the same bits.
     */
    default Product prepareConstant(boolean transposeA, boolean transposeB, int m, int n, int k, Matrix b) {
        return prepare(transposeA, transposeB, m, n, k);
    }

    /**
     * Shape and operands of the product that a worker computes alone; it fills in all of them before each {@linkplain #multiply
     * product}: what it leaves out is the last one's.
     */
    GemmOperands operands(int worker);

    /** One product on the calling worker's thread, with that worker's scratch memory; for many small products side by side. */
    void multiply(int worker);

    /** A prepared product. */
    interface Product {
        /**
         * Runs on the given operands. {@code beta} is 0 (C is overwritten, whatever it held, NaN included) or 1. Where
         * {@code bias}, a row, is not null, {@code bias[j]} is added to every row (only with beta = 0).
         */
        void run(Matrix a, Matrix b, float beta, Matrix bias, Matrix c);

        /**
         * Asks that every later run also adds the sums of the rows of op(A), over k in ascending order, to
         * {@code sums[offset .. offset + m)}: a weight's gradient reads all that its bias' gradient needs.
         *
         * @return false if this product cannot, then its runs leave {@code sums} alone
         */
        default boolean addRowSums(float[] sums, int offset) {
            return false;
        }
    }
}
