package org.jelectra.pretrain.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** How many kernels a step of preset small takes: the device waits some microseconds between two. */
class KernelsPerStepTest {

    /** What the step takes now, so that nothing grows unseen; to be lowered. */
    private static final int BUDGET = 100;

    @Test
    void stepOfPresetSmall() {
        Map<String, Integer> counts = StepLaunches.ofPresetSmall().counts();
        int kernels = counts.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(kernels).as("kernels of a step: " + counts).isBetween(BUDGET / 2, BUDGET);
    }
}
