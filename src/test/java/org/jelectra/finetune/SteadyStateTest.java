package org.jelectra.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.gpu.DriverCalls;
import org.jelectra.gpu.DryDriver;
import org.jelectra.gpu.Gpu;
import org.jelectra.inference.batch.EncodedText;
import org.jelectra.inference.batch.SequencePredictor;
import org.jelectra.pretrain.MemoryNeed;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fine-tuning asks of the driver once it runs: nothing that makes the device wait for the host, and nothing new. */
class SteadyStateTest {

    @ParameterizedTest
    @ValueSource(strings = {"RTE", "linear RTE", "STS-B", "multilabel", "tagging", "SQuAD", "joint SQuAD"})
    void stepsWaitForNothingButWhatTheStepBeforeComputed(String name) {
        DriverCalls calls = new DriverCalls(MemoryNeed.LARGE_DEVICE);
        try (Backend backend = CudaBackend.on(Gpu.open(calls.driver(), 0), DType.BFLOAT16)) {
            FineTuningTask task = SmallTasks.of(backend, name);
            FineTuningStep step =
                    new FineTuningStep(task, SmallTasks.SETTINGS, SmallTasks.STEPS, (loss, examples) -> {});
            int[][] batches = {{0, 1, 2}, {10, 11, 12}};
            for (int i = 0; i < 11; i++) {
                if (i == 8) {
                    calls.clear();
                }
                step.begin(batches[i % batches.length], i);
            }
            // three steps of two lengths
            assertThat(calls.counts())
                    .containsEntry("launchGraph", 3)
                    // integers and numbers of a batch, and the learning rate
                    .containsEntry("copyToDevice", 3 * 3)
                    // the loss and the norm
                    .containsEntry("copyToHost", 2 * 3)
                    .doesNotContainKeys(
                            "synchronize",
                            "allocate",
                            "allocatePinned",
                            "createEvent",
                            "prepareLaunch",
                            "beginCapture");
        }
    }

    /** Half of the activations, and of the predictions' batch. */
    @ParameterizedTest
    @ValueSource(strings = {"RTE", "tagging", "SQuAD", "joint SQuAD"})
    void aBatchInPartsTakesLessMemory(String name) {
        long[] bytes = new long[3];
        for (int parts = 1; parts <= 2; parts++) {
            FineTuneSettings settings = SmallTasks.settings(256, parts, Reduction.SUM);
            DryDriver driver = new DryDriver(MemoryNeed.LARGE_DEVICE);
            try (Backend backend = CudaBackend.on(Gpu.open(driver, 0), DType.BFLOAT16)) {
                FineTuningTask task = SmallTasks.of(backend, name, settings);
                new FineTuningStep(task, settings, SmallTasks.STEPS, (loss, examples) -> {}).settle();
                task.evaluate();
                bytes[parts] = driver.allocated();
            }
        }
        assertThat(bytes[2]).isBetween(bytes[1] * 45 / 100, bytes[1] * 55 / 100);
    }

    /** But for the ids of further lengths. */
    @ParameterizedTest
    @ValueSource(strings = {"RTE", "tagging", "SQuAD", "joint SQuAD"})
    void evaluationsFindTheirMemoryReserved(String name) {
        FineTuneSettings settings = SmallTasks.settings(256, 1, Reduction.SUM);
        DryDriver driver = new DryDriver(MemoryNeed.LARGE_DEVICE);
        try (Backend backend = CudaBackend.on(Gpu.open(driver, 0), DType.BFLOAT16)) {
            FineTuningTask task = SmallTasks.of(backend, name, settings);
            long before = driver.allocated();
            task.reserve();
            long reserved = driver.allocated() - before;
            task.evaluate();
            assertThat(driver.allocated() - before - reserved).isLessThan(reserved / 20);
        }
    }

    @Test
    void predictionsAreOneLaunchForEachBatch() {
        DriverCalls calls = new DriverCalls(MemoryNeed.LARGE_DEVICE);
        try (Backend backend = CudaBackend.on(Gpu.open(calls.driver(), 0), DType.BFLOAT16)) {
            SequencePredictor predictor =
                    new SequencePredictor(SmallTasks.pairs(backend, "RTE").model(), 2, 48, 0);
            // two batches of two lengths, and a single text
            List<EncodedText> texts = Stream.of(40, 40, 16, 16, 16)
                    .map(length -> new EncodedText(new int[length], length))
                    .toList();
            predictor.predict(texts);
            predictor.predict(texts);
            calls.clear();
            predictor.predict(texts);
            assertThat(calls.counts())
                    .containsEntry("launchGraph", 3)
                    .doesNotContainKeys("launch", "allocate", "allocatePinned", "prepareLaunch", "beginCapture");
        }
    }
}
