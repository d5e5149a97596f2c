package org.jelectra.gpu.sim;

/**
 * Sums of products as tensor cores add them, by what MMA-Sim (github.com/microsoft/MMA-Sim) found on devices: exact products and the
 * sum before them are aligned to the largest exponent among them, cut behind some bits, and added; the result is cut to a float.
 *
 * @param terms products that are added at a time
 * @param fraction bits that are kept behind the first one of the largest exponent
 */
record DeviceSums(int terms, int fraction) {

    private static final int K = 16;
    /** Exponent of zero: with it, that of a product is less than those that matter. */
    private static final int ZERO = -400;

    /** Of Hopper and newer devices, or of Ampere and Ada. */
    static DeviceSums of(int computeCapability) {
        return computeCapability >= 90 ? new DeviceSums(16, 25) : new DeviceSums(8, 24);
    }

    /** c and 16 products: of the elements of A from {@code row} on, and of those of B from {@code column} on, a row apart. */
    float add(float c, float[] a, int row, float[] b, int column, int columns) {
        float sum = c;
        for (int k = 0; k < K; k += terms) {
            sum = addTerms(sum, a, row + k, b, column + k * columns, columns);
        }
        return sum;
    }

    private float addTerms(float c, float[] a, int from, float[] b, int top, int columns) {
        double rounded = c;
        int exponent = exponent(c);
        for (int i = 0; i < terms; i++) {
            float x = a[from + i];
            float y = b[top + i * columns];
            rounded += (double) x * y;
            exponent = Math.max(exponent, exponent(x) + exponent(y));
        }
        if (!Double.isFinite(rounded)) {
            return (float) rounded;
        }
        double unit = Math.scalb(1.0, exponent - fraction);
        long units = (long) (c / unit);
        for (int i = 0; i < terms; i++) {
            units += (long) ((double) a[from + i] * b[top + i * columns] / unit);
        }
        double sum = units * unit;
        float nearest = (float) sum;
        return Math.abs(nearest) > Math.abs(sum) ? Math.nextAfter(nearest, 0) : nearest;
    }

    private static int exponent(float x) {
        return x == 0 ? ZERO : Math.max(Float.MIN_EXPONENT, Math.getExponent(x));
    }
}
