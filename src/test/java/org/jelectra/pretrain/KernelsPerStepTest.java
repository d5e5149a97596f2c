package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.LaunchCounter;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.Preset;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;

/** How many kernels a step of preset small takes, from clearing the gradients to the update: the device waits some microseconds between two. */
class KernelsPerStepTest {

    private static final int VOCABULARY = 30_522;
    /** What the step takes now, so that nothing grows unseen; to be lowered. */
    private static final int BUDGET = 402;

    @Test
    void stepOfPresetSmall() {
        LaunchCounter counter = new LaunchCounter();
        try (Backend backend = counter.open(DType.BFLOAT16)) {
            PretrainSettings settings =
                    PretrainSettings.of(Preset.SMALL, VOCABULARY).withBatch(8, 1, 128);
            ElectraModel model = new ElectraModel(backend, settings.model(), settings.seed());
            TrainingStep step = new TrainingStep(model, settings);
            counter.clear();
            backend.fill(model.parameters().gradients(), 0).run();
            step.graph().program().forward();
            step.graph().program().backward();
            step.optimizer().measure();
            step.optimizer().update(1e-4);
            Map<String, Integer> counts = counter.counts();
            int kernels = counts.values().stream().mapToInt(Integer::intValue).sum();
            assertThat(kernels).as("kernels of a step: " + counts).isLessThanOrEqualTo(BUDGET);
        }
    }
}
