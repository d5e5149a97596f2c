package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CUDA C++ Programming Guide, "Technical Specifications per Compute Capability". */
class OccupancyTest {

    @ParameterizedTest
    @CsvSource({
        "80, 163, 32, 2048",
        "86, 99, 16, 1536",
        "87, 163, 16, 1536",
        "89, 99, 24, 1536",
        "90, 227, 32, 2048",
        "100, 227, 32, 2048",
        "110, 227, 24, 1536",
        "120, 99, 24, 1536",
        "121, 99, 24, 1536"
    })
    void limitsOfAMultiprocessor(int capability, int sharedKibibytes, int blocks, int threads) {
        assertThat(Occupancy.sharedPerBlock(capability)).isEqualTo(sharedKibibytes << 10);
        assertThat(Occupancy.blocks(capability, 16, 32, 0)).isEqualTo(blocks);
        assertThat(Occupancy.blocks(capability, 16, 512, 0)).isEqualTo(threads / 512);
        assertThat(Occupancy.blocks(capability, 16, 32, sharedKibibytes << 10)).isEqualTo(1);
    }

    /** A quarter of 65,536 holds two warps of 255 registers a thread, three of 168, four of 128 and of 104, five of 96. */
    @ParameterizedTest
    @CsvSource({"255, 32, 8", "168, 32, 12", "168, 160, 2", "128, 128, 4", "104, 32, 16", "96, 128, 5", "255, 288, 0"})
    void registersLieInTheFourPartsOfAMultiprocessor(int registers, int threads, int blocks) {
        assertThat(Occupancy.blocks(90, registers, threads, 0)).isEqualTo(blocks);
    }
}
