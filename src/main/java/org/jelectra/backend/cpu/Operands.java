package org.jelectra.backend.cpu;

/** A matrix product's shape and operands, as {@link Gemm} describes them; filled anew for every run. */
final class Operands {

    boolean transposeA;
    boolean transposeB;
    int m;
    int n;
    int k;
    float[] a;
    int ao;
    int lda;
    float[] b;
    int bo;
    int ldb;
    float beta;
    float[] bias;
    int biasOffset;
    float[] c;
    int co;
    int ldc;
    /** Where the sums of the rows of op(A) are added, or null. */
    float[] rowSums;

    int rowSumsOffset;

    void shape(boolean transposeA, boolean transposeB, int m, int n, int k) {
        if (m < 0 || n < 0 || k < 0) {
            throw new IllegalArgumentException("negative size: m=" + m + " n=" + n + " k=" + k);
        }
        this.transposeA = transposeA;
        this.transposeB = transposeB;
        this.m = m;
        this.n = n;
        this.k = k;
    }

    void arrays(
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
        this.beta = beta;
        this.bias = bias;
        this.biasOffset = biasOffset;
        this.c = c;
        this.co = co;
        this.ldc = ldc;
    }
}
