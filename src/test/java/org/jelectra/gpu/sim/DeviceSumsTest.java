package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of small products beside a large sum remains. */
class DeviceSumsTest {

    private static float sum(int capability, float c, float x, float y) {
        float[] a = new float[16];
        float[] b = new float[16];
        Arrays.fill(a, x);
        Arrays.fill(b, y);
        return DeviceSums.of(capability).add(c, a, 0, b, 0, 1);
    }

    /** Hopper keeps 25 bits behind that of the 1 and adds 16 products at a time; Ampere keeps 24. */
    @ParameterizedTest
    @CsvSource({
        "90, 0x1p-25, 0x1.000008p0",
        "90, 0x1.8p-25, 0x1.000008p0",
        "90, 0x1p-26, 1",
        "80, 0x1p-24, 0x1.00001p0",
        "80, 0x1p-25, 1",
        "80, -0x1p-25, 1",
        "80, -0x1p-24, 0x1.ffffep-1",
    })
    void smallProductsBesideOneAreCut(int capability, String product, String expected) {
        assertThat(sum(capability, 1, 1, Float.parseFloat(product))).isEqualTo(Float.parseFloat(expected));
    }

    @Test
    void sumsAreCutToFloats() {
        // 2 and one and a half of the last place of a float there
        assertThat(sum(90, 0x1.fffffep0f, 0x1p-13f, 0x1p-12f)).isEqualTo(0x1.000002p1f);
        assertThat(sum(90, 0, 3, 0x1.02p0f)).isEqualTo(48 * 0x1.02p0f);
        assertThat(sum(80, 0, 0, 1)).isZero();
    }

    @Test
    void infinitiesAndNotNumbersStay() {
        assertThat(sum(90, Float.NEGATIVE_INFINITY, 1, 1)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(sum(90, 1, Float.POSITIVE_INFINITY, 0)).isNaN();
    }
}
