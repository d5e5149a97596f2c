package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.autograd.Parameter;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.GeneratorTraining;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Sampler;
import org.jelectra.electra.Sharing;
import org.jelectra.gpu.DriverCalls;
import org.jelectra.gpu.Gpu;
import org.jelectra.tensor.DType;
import org.jelectra.text.batch.Batch;
import org.jelectra.text.batch.MaskingOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training with a generator that learns by what the discriminator gets wrong. */
class AdversarialTrainingTest {

    private static PretrainSettings settings(Sharing sharing, LossOptions options, double weightDecay) {
        ElectraConfig config =
                SmallRun.config(sharing, Objective.ELECTRA).withGeneratorTraining(GeneratorTraining.ADVERSARIAL);
        return with(SmallRun.settings(config, options, 1), MaskingOptions.standard(), weightDecay);
    }

    private static PretrainSettings with(PretrainSettings base, MaskingOptions masking, double weightDecay) {
        return SmallRun.with(base, "masking", masking, "steps", 2000, "warmupSteps", 0, "weightDecay", weightDecay);
    }

    /** Against a discriminator that does not learn and is sure of itself, the generator finds what it gets wrong. */
    @ParameterizedTest
    @EnumSource(Sampler.class)
    void theRewardRisesAgainstAFixedDiscriminator(Sampler sampler) {
        PretrainSettings settings = settings(Sharing.NONE, new LossOptions(1, 0, 1, sampler), 0);
        try (Backend backend = CpuBackend.create(2)) {
            ElectraModel model = new ElectraModel(backend, settings.model(), 7);
            Parameter surest =
                    model.parameters().parameter("discriminator.discriminator_predictions.dense_prediction.weight");
            float[] before = SmallRun.read(backend, surest.value());
            for (int i = 0; i < before.length; i++) {
                before[i] *= 60;
            }
            backend.upload(before, 0, surest.value());
            TrainingStep step = new TrainingStep(model, settings);
            MetricsCollector collector = new MetricsCollector(settings);
            Batch batch = SmallRun.batch(0);
            double first = 0;
            for (int i = 0; i < 200; i++) {
                step.run(batch, i, collector);
                if (i == 19) {
                    first = collector.metrics().generatorReward();
                }
                if (i == 19 || i == 179) {
                    collector.clear();
                }
            }
            ModelMetrics last = collector.metrics();
            assertThat(last.generatorReward()).isGreaterThan(first + 0.1);
            assertThat(last.baselineLoss()).isPositive();
            assertThat(SmallRun.read(backend, surest.value())).containsExactly(before);
        }
    }

    /** The discriminator learns as beside a generator that learns by likelihood, the generator otherwise. */
    @Test
    void theDiscriminatorsGradientIsThatOfAnyRun() {
        PretrainSettings adversarial = settings(Sharing.NONE, LossOptions.DEFAULT, 0.01);
        PretrainSettings likelihood =
                with(SmallRun.settings(Sharing.NONE, Objective.ELECTRA, 1), MaskingOptions.standard(), 0.01);
        try (Backend backend = CpuBackend.create(2)) {
            ElectraModel one = new ElectraModel(backend, adversarial.model(), 7);
            ElectraModel other = new ElectraModel(backend, likelihood.model(), 7);
            MetricsCollector ofOne = new MetricsCollector(adversarial);
            MetricsCollector ofOther = new MetricsCollector(likelihood);
            new TrainingStep(one, adversarial).run(SmallRun.batch(0), 0, ofOne);
            new TrainingStep(other, likelihood).run(SmallRun.batch(0), 0, ofOther);

            for (Parameter parameter : other.parameters().parameters()) {
                float[] expected = SmallRun.read(backend, parameter.gradient());
                float[] actual = SmallRun.read(
                        backend, one.parameters().parameter(parameter.name()).gradient());
                if (parameter.name().startsWith("discriminator.")) {
                    assertThat(actual).as(parameter.name()).containsExactly(expected);
                } else if (!parameter.name().endsWith("key.bias")) {
                    assertThat(actual).as(parameter.name()).isNotEqualTo(expected);
                }
            }
            assertThat(ofOne.metrics().generatorLoss())
                    .isEqualTo(ofOther.metrics().generatorLoss());
            assertThat(ofOne.metrics().generatorReward()).isBetween(0.6, 0.8);
            assertThat(ofOther.metrics().generatorReward()).isNaN();
        }
    }

    @ParameterizedTest
    @EnumSource(Sharing.class)
    void everyWayOfSharingTrains(Sharing sharing) {
        PretrainSettings settings = settings(sharing, LossOptions.DEFAULT, 0.01);
        try (Backend backend = CpuBackend.create(2)) {
            ElectraModel model = new ElectraModel(backend, settings.model(), 7);
            TrainingStep step = new TrainingStep(model, settings);
            MetricsCollector collector = new MetricsCollector(settings);
            Batch batch = SmallRun.batch(0);
            step.run(batch, 0, collector);
            double before = collector.metrics().discriminatorLoss();
            for (int i = 1; i < 30; i++) {
                step.run(batch, i);
            }
            collector.clear();
            step.run(batch, 30, collector);
            assertThat(collector.metrics().discriminatorLoss()).isLessThan(before);
        }
    }

    private static List<ModelMetrics> steps(Backend backend, PretrainSettings settings, int count) {
        TrainingStep step = new TrainingStep(new ElectraModel(backend, settings.model(), 7), settings);
        List<ModelMetrics> metrics = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            MetricsCollector collector = new MetricsCollector(settings);
            step.run(SmallRun.batch(i), i, collector);
            metrics.add(collector.metrics());
        }
        return metrics;
    }

    @Test
    void inFloat32ADevicesStepsAreTheCpus() {
        PretrainSettings settings = settings(Sharing.EMBEDDINGS, LossOptions.DEFAULT, 0.01);
        try (Backend cpu = CpuBackend.create(1);
                Backend cuda = SimulatedBackends.open(DType.FLOAT32)) {
            List<ModelMetrics> expected = steps(cpu, settings, 6);
            List<ModelMetrics> actual = steps(cuda, settings, 6);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(actual.get(i).generatorReward())
                        .isCloseTo(expected.get(i).generatorReward(), within(1e-4));
                assertThat(actual.get(i).baselineLoss())
                        .isCloseTo(expected.get(i).baselineLoss(), within(1e-4));
                assertThat(actual.get(i).generatorLoss())
                        .isCloseTo(expected.get(i).generatorLoss(), within(1e-4));
                assertThat(actual.get(i).discriminatorLoss())
                        .isCloseTo(expected.get(i).discriminatorLoss(), within(1e-4));
            }
        }
    }

    @Test
    void inBf16ADeviceGivesTheSameBitsTwice() {
        PretrainSettings settings = settings(Sharing.NONE, LossOptions.DEFAULT, 0.01);
        try (Backend one = SimulatedBackends.open(DType.BFLOAT16);
                Backend other = SimulatedBackends.open(DType.BFLOAT16);
                Backend cpu = CpuBackend.create(1)) {
            List<ModelMetrics> metrics = steps(one, settings, 3);
            assertThat(steps(other, settings, 3)).isEqualTo(metrics);
            List<ModelMetrics> expected = steps(cpu, settings, 3);
            for (int i = 0; i < metrics.size(); i++) {
                assertThat(metrics.get(i).generatorReward())
                        .isCloseTo(expected.get(i).generatorReward(), within(0.05));
                assertThat(metrics.get(i).generatorLoss())
                        .isCloseTo(expected.get(i).generatorLoss(), within(0.05));
            }
        }
    }

    /** As in other runs, and two results more. */
    @Test
    void onADeviceStepsWaitForNothingButWhatTheStepBeforeComputed() {
        PretrainSettings settings = settings(Sharing.EMBEDDINGS, LossOptions.DEFAULT, 0.01);
        DriverCalls calls = new DriverCalls(MemoryNeed.LARGE_DEVICE);
        try (Backend backend = CudaBackend.on(Gpu.open(calls.driver(), 0), DType.BFLOAT16)) {
            TrainingStep step = new TrainingStep(new ElectraModel(backend, settings.model(), 7), settings);
            MetricsCollector collector = new MetricsCollector(settings);
            for (int i = 0; i < 6; i++) {
                if (i == 4) {
                    calls.clear();
                }
                step.begin(SmallRun.batch(i), i, collector, false, batch -> {});
            }
            assertThat(calls.counts())
                    .containsEntry("launchGraph", 2)
                    // reward, baseline's loss, both losses, hits, samples and counts; the norm
                    .containsEntry("copyToHost", (7 + 1) * 2)
                    .doesNotContainKeys("synchronize", "allocate", "allocatePinned", "prepareLaunch", "beginCapture");
        }
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(Sharing.NONE, new LossOptions(1, 50, 0.9f, Sampler.MULTINOMIAL), 0.01))
                .withMessage("an adversarial generator samples at temperature 1, got 0.9");
        PretrainSettings settings = settings(Sharing.NONE, LossOptions.DEFAULT, 0.01);
        MaskingOptions twice = new MaskingOptions(0.15, 0.85, 0, true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(settings, twice, 0.01))
                .withMessageContaining("needs distinct masked positions")
                .withMessageContaining("got masked positions drawn with replacement");
        ElectraConfig alone = SmallRun.config(Sharing.NONE, Objective.MLM);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> alone.withGeneratorTraining(GeneratorTraining.ADVERSARIAL))
                .withMessageContaining(
                        "adversarial needs a discriminator beside the generator, got objective " + Objective.MLM);
    }
}
