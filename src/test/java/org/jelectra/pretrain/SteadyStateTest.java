package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Sharing;
import org.jelectra.gpu.DriverCalls;
import org.jelectra.gpu.Gpu;
import org.jelectra.tensor.DType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What training asks of the driver once it runs: nothing that makes the device wait for the host, and nothing new. */
class SteadyStateTest {

    private final DriverCalls calls = new DriverCalls(MemoryNeed.LARGE_DEVICE);

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MLM")
    void stepsWaitForNothingButWhatTheStepBeforeComputed(Objective objective) {
        PretrainSettings settings = SmallRun.settings(Sharing.EMBEDDINGS, objective, 2);
        try (Backend backend = CudaBackend.on(Gpu.open(calls.driver(), 0), DType.BFLOAT16)) {
            TrainingStep step = new TrainingStep(new ElectraModel(backend, settings.model(), 7), settings);
            MetricsCollector collector = new MetricsCollector(settings);
            for (int i = 0; i < 7; i++) {
                if (i == 4) {
                    calls.clear();
                }
                step.begin(SmallRun.batch(i), i, collector, i % 3 == 0, batch -> {});
            }
            // three steps of two micro-batches; step 6 is one whose predictions are taken, where there is a
            // discriminator
            int predictions = objective.hasDiscriminator() ? 2 * 2 : 0;
            assertThat(calls.counts())
                    .containsEntry("launchGraph", 2 * 3)
                    // integers and numbers of a micro-batch, and the learning rate
                    .containsEntry("copyToDevice", (2 * 2 + 1) * 3)
                    // both losses, hits, samples, and counts or the main network's hits; the norm; once logits and
                    // labels
                    .containsEntry("copyToHost", (2 * 5 + 1) * 3 + predictions)
                    .doesNotContainKeys(
                            "synchronize",
                            "allocate",
                            "allocatePinned",
                            "createEvent",
                            "prepareLaunch",
                            "beginCapture");
        }
    }
}
