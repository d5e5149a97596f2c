package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import org.jelectra.autograd.Parameter;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Sharing;
import org.jelectra.text.batch.Batch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingStepTest {

    private static float[] parametersAfter(int steps, int threads, PretrainSettings settings) {
        try (Backend backend = CpuBackend.create(threads)) {
            ElectraModel model = new ElectraModel(backend, settings.model(), settings.seed());
            TrainingStep trainingStep = new TrainingStep(model, settings);
            for (int step = 0; step < steps; step++) {
                trainingStep.run(SmallRun.batch(step), step);
            }
            return SmallRun.read(backend, model.parameters().values());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void bitEqualForAnyNumberOfThreads(int threads) {
        PretrainSettings settings = SmallRun.settings(1);
        assertThat(parametersAfter(4, threads, settings)).isEqualTo(parametersAfter(4, 1, settings));
    }

    @Test
    void theSeedDecides() {
        PretrainSettings settings = SmallRun.settings(1);
        assertThat(parametersAfter(2, 2, settings)).isEqualTo(parametersAfter(2, 2, settings));
        assertThat(parametersAfter(2, 2, settings.withSeed(8))).isNotEqualTo(parametersAfter(2, 2, settings));
    }

    @Test
    void aModelThatWasReadToBeUsedIsNotTrained(@TempDir Path folder) throws IOException {
        PretrainSettings settings = SmallRun.settings(1);
        try (Backend backend = CpuBackend.create(1)) {
            ModelFiles.save(new ElectraModel(backend, settings.model(), 7), 0, folder);
            ElectraModel read = ModelFiles.load(backend, folder);
            assertThatThrownBy(() -> new TrainingStep(read, settings))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("got one that was read to be used");
        }
    }

    /** Two and four micro-batches draw the numbers of one batch: equal samples and, up to rounding, equal gradients. */
    @ParameterizedTest
    @CsvSource({
        "ELECTRA, 2",
        "ELECTRA, 4",
        "ELECTRA_15, 2",
        "ELECTRA_15, 4",
        "REPLACE_MLM, 2",
        "REPLACE_MLM, 4",
        "ALL_TOKENS_MLM, 2",
        "ALL_TOKENS_MLM, 4"
    })
    void microBatchesAreOneBatch(Objective objective, int microBatches) {
        PretrainSettings settings = SmallRun.settings(Sharing.EMBEDDINGS, objective, 1);
        PretrainSettings parts = SmallRun.settings(Sharing.EMBEDDINGS, objective, microBatches);
        try (Backend backend = CpuBackend.create(2)) {
            ElectraModel whole = new ElectraModel(backend, settings.model(), 7);
            ElectraModel split = new ElectraModel(backend, settings.model(), 7);
            TrainingStep wholeStep = new TrainingStep(whole, settings);
            TrainingStep splitStep = new TrainingStep(split, parts);
            MetricsCollector wholeMetrics = new MetricsCollector(settings);
            MetricsCollector splitMetrics = new MetricsCollector(settings);
            Batch batch = SmallRun.batch(0);

            wholeStep.run(batch, 0, wholeMetrics);
            splitStep.run(batch, 0, splitMetrics);

            ModelMetrics expected = wholeMetrics.metrics();
            ModelMetrics actual = splitMetrics.metrics();
            assertThat(actual.totalLoss()).isCloseTo(expected.totalLoss(), within(1e-4));
            assertThat(actual.generatorLoss()).isCloseTo(expected.generatorLoss(), within(1e-5));
            assertThat(actual.sampledAccuracy()).isEqualTo(Double.valueOf(expected.sampledAccuracy()));
            assertThat(actual.replacedFraction()).isEqualTo(Double.valueOf(expected.replacedFraction()));
            assertThat(actual.mainAccuracy()).isEqualTo(Double.valueOf(expected.mainAccuracy()));
            assertThat(actual.discriminatorAccuracy()).isEqualTo(Double.valueOf(expected.discriminatorAccuracy()));
            float[] wholeGradient = SmallRun.read(backend, whole.parameters().gradients());
            float[] splitGradient = SmallRun.read(backend, split.parameters().gradients());
            float largest = 0;
            for (float value : wholeGradient) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertThat(largest).isPositive();
            assertThat(splitGradient).containsExactly(wholeGradient, within(1e-5f * largest));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, ELECTRA",
        "EMBEDDINGS, ELECTRA",
        "ALL, ELECTRA",
        "EMBEDDINGS, ELECTRA_15",
        "NONE, REPLACE_MLM",
        "EMBEDDINGS, REPLACE_MLM",
        "ALL, REPLACE_MLM",
        "NONE, ALL_TOKENS_MLM",
        "EMBEDDINGS, ALL_TOKENS_MLM",
        "ALL, ALL_TOKENS_MLM",
        "EMBEDDINGS, MLM"
    })
    void everyParameterLearns(Sharing sharing, Objective objective) {
        PretrainSettings settings = SmallRun.settings(sharing, objective, 1);
        try (Backend backend = CpuBackend.create(2)) {
            ElectraModel model = new ElectraModel(backend, settings.model(), 7);
            TrainingStep trainingStep = new TrainingStep(model, settings);
            MetricsCollector collector = new MetricsCollector(settings);
            Batch batch = SmallRun.batch(0);
            trainingStep.run(batch, 0, collector);
            double first = collector.metrics().totalLoss();
            for (Parameter parameter : model.parameters().parameters()) {
                // shifting all scores of a row changes nothing: the key's bias has gradient 0
                if (!parameter.name().endsWith("key.bias")) {
                    assertThat(SmallRun.read(backend, parameter.gradient()))
                            .as(parameter.name())
                            .matches(values -> !Arrays.equals(values, new float[values.length]), "has a gradient");
                }
            }
            for (int step = 1; step < 30; step++) {
                trainingStep.run(batch, step);
            }
            collector.clear();
            trainingStep.run(batch, 30, collector);
            assertThat(collector.metrics().totalLoss()).isLessThan(0.9 * first);
        }
    }

    @Test
    void allocatesNothingOnceItRuns() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        PretrainSettings settings = SmallRun.settings(2);
        // With the scalar kernels, because vectors are objects until the optimizing compiler has removed them, and at
        // sizes
        // as small as these some of its versions never do; that is the compiler's garbage, not ours.
        try (Backend backend = CpuBackend.scalar(2)) {
            ElectraModel model = new ElectraModel(backend, settings.model(), 7);
            TrainingStep trainingStep = new TrainingStep(model, settings);
            Batch batch = SmallRun.batch(0);
            long[] ids = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread ->
                            thread == Thread.currentThread() || thread.getName().startsWith("jelectra-cpu"))
                    .mapToLong(Thread::getId)
                    .toArray();
            long least = Long.MAX_VALUE;
            int step = 0;
            for (int round = 0; round < 10 && least > 0; round++) {
                long before =
                        Arrays.stream(threads.getThreadAllocatedBytes(ids)).sum();
                for (int i = 0; i < 20; i++) {
                    trainingStep.run(batch, step++ % 50);
                }
                least = Math.min(
                        least,
                        Arrays.stream(threads.getThreadAllocatedBytes(ids)).sum() - before);
            }
            assertThat(ids).hasSizeGreaterThanOrEqualTo(2);
            // the two queries themselves allocate their arrays
            assertThat(least).isLessThan(1024);
        }
    }
}
