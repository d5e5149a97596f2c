package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares sums over rows that were added up in another order. */
final class RowSums {

    private static final float TOLERANCE = 1e-5f;

    private RowSums() {}

    /** Within a part of the largest number. */
    static void assertClose(float[] got, float[] expected) {
        float largest = 0;
        for (float number : expected) {
            largest = Math.max(largest, Math.abs(number));
        }
        float distance = TOLERANCE * largest;
        assertThat(got).hasSameSizeAs(expected);
        for (int i = 0; i < got.length; i++) {
            assertThat(got[i]).isBetween(expected[i] - distance, expected[i] + distance);
        }
    }
}
