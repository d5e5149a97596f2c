package org.jelectra.backend.cuda;

/**
 * Size of a matrix product {@code c[m,n] = a[m,k] b[k,n]}, and of how many alike.
 *
 * @param m rows of the result
 * @param n columns of the result
 * @param k summands of each element
 * @param batches products of this size, 1 to 65535
 */
record GemmSize(int m, int n, int k, int batches) {

    GemmSize {
        if (m < 0 || n < 0 || k < 1 || batches < 1 || batches > 65535) {
            throw new IllegalArgumentException(
                    "a matrix product has m and n of at least 0, k of at least 1 and 1 to 65535 batches, got m " + m
                            + ", n " + n + ", k " + k + " and " + batches + " batches");
        }
    }

    static GemmSize of(int m, int n, int k) {
        return new GemmSize(m, n, k, 1);
    }

    boolean isEmpty() {
        return m == 0 || n == 0;
    }
}
