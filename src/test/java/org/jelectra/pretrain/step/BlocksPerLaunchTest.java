package org.jelectra.pretrain.step;

import static org.assertj.core.api.Assertions.assertThat;

import org.jelectra.backend.cuda.LaunchCounter;
import org.jelectra.backend.cuda.LaunchCounter.Launched;
import org.jelectra.electra.Preset;
import org.jelectra.pretrain.MemoryNeed;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Launches of a step that move much have a block for six sevenths of an H200's multiprocessors: fewer leave them without work. As few has the
 * product of the head's input gradient, for which more would have to wait for more parts to be added.
 */
class BlocksPerLaunchTest {

    private static final double BLOCKS = 0.86 * MemoryNeed.LARGE_DEVICE.multiprocessors();
    /** Bytes from which on it matters: 2 us of the device's memory. */
    private static final long MUCH = 10_000_000;

    private static boolean hasFewBlocks(Launched launched) {
        return (long) launched.shape().gridX()
                        * launched.shape().gridY()
                        * launched.shape().gridZ()
                < BLOCKS;
    }

    @ParameterizedTest
    @EnumSource
    void launchesWithFewBlocksMoveLittle(Preset preset) {
        LaunchCounter counter = StepLaunches.of(preset);
        assertThat(counter.launched()).hasSizeGreaterThan(20);
        assertThat(counter.work(BlocksPerLaunchTest::hasFewBlocks))
                .allSatisfy(work -> assertThat(work.bytes()).as(work.toString()).isLessThanOrEqualTo(MUCH));
    }
}
