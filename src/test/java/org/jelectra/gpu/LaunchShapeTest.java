package org.jelectra.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaunchShapeTest {

    @ParameterizedTest
    @CsvSource({"0, 1, 1", "1, 0, 1", "1, 1, 0", "1, 65536, 1", "1, 1, 65536"})
    void gridsHaveLimits(int x, int y, int z) {
        assertThatThrownBy(() -> new LaunchShape(x, y, z, 1, 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a grid has 1 to 2147483647 x 65535 x 65535 blocks, got " + x + " x " + y + " x " + z);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "1025, 1", "64, 17", "65536, 65536"})
    void blocksHaveLimits(int x, int y) {
        assertThatThrownBy(() -> new LaunchShape(1, 1, 1, x, y, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a block has 1 to 1024 threads, got " + x + " x " + y);
    }

    @Test
    void sharedMemoryIsNotNegative() {
        assertThatThrownBy(() -> LaunchShape.of(1, 1).withShared(-1))
                .hasMessage("shared memory must not be negative, got -1");
    }

    @Test
    void countsBlocksBeyondIntegers() {
        LaunchShape shape = new LaunchShape(Integer.MAX_VALUE, 65535, 65535, 32, 32, 16);
        assertThat(shape.blocks()).isEqualTo(2147483647L * 65535 * 65535);
        assertThat(shape.threads()).isEqualTo(1024);
        assertThat(shape).hasToString("grid 2147483647x65535x65535, block 32x32, 16 bytes of shared memory");
    }
}
