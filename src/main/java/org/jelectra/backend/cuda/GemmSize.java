package org.jelectra.backend.cuda;

/**
 * Size of a matrix product {@code c[m,n] = a[m,k] b[k,n]}.
 *
 * @param m rows of the result
 * @param n columns of the result
 * @param k summands of each element
 */
record GemmSize(int m, int n, int k) {

    GemmSize {
        if (m < 0 || n < 0 || k < 1) {
            throw new IllegalArgumentException("a matrix product has m and n of at least 0 and k of at least 1, got m "
                    + m + ", n " + n + " and k " + k);
        }
    }

    boolean isEmpty() {
        return m == 0 || n == 0;
    }
}
