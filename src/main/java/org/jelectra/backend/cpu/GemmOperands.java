package org.jelectra.backend.cpu;

/**
 * A matrix product's shape and operands, as {@link PanelGemm} describes them; filled anew for every run.
 */
final class GemmOperands {

    public boolean transposeA;
    public boolean transposeB;
    public int m;
    public int n;
    public int k;
    public float[] a;
    public int ao;
    public int lda;
    public float[] b;
    public int bo;
    public int ldb;
    public float beta;
    public float[] bias;
    public int biasOffset;
    public float[] c;
    public int co;
    public int ldc;
    /** Where the sums of the rows of op(A) are added, or null. */
    float[] rowSums;

    int rowSumsOffset;

    /**
     * Sets the shape.
     *
     * @throws IllegalArgumentException if a size is negative
     */
    public GemmOperands shape(boolean transposeA, boolean transposeB, int m, int n, int k) {
        if (m < 0 || n < 0 || k < 0) {
            throw new IllegalArgumentException("negative size: m=" + m + " n=" + n + " k=" + k);
        }
        this.transposeA = transposeA;
        this.transposeB = transposeB;
        this.m = m;
        this.n = n;
        this.k = k;
        return this;
    }

    /** Sets A. */
    public GemmOperands a(float[] values, int offset, int stride) {
        a = values;
        ao = offset;
        lda = stride;
        return this;
    }

    /** Sets B. */
    public GemmOperands b(float[] values, int offset, int stride) {
        b = values;
        bo = offset;
        ldb = stride;
        return this;
    }

    /** Sets beta and C, without a bias. */
    public GemmOperands c(float factor, float[] values, int offset, int stride) {
        beta = factor;
        bias = null;
        c = values;
        co = offset;
        ldc = stride;
        return this;
    }

    /** Sets the operands, of which {@code bias} may be null. */
    public void matrices(Matrix a, Matrix b, float beta, Matrix bias, Matrix c) {
        a(a.values(), a.offset(), a.stride());
        b(b.values(), b.offset(), b.stride());
        c(beta, c.values(), c.offset(), c.stride());
        if (bias != null) {
            this.bias = bias.values();
            biasOffset = bias.offset();
        }
    }
}
