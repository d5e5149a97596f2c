package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.autograd.Parameter;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.GeneratorTraining;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Sampler;
import org.jelectra.electra.Sharing;
import org.jelectra.electra.flops.StepFlops;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The second stage of two-stage training: a generator that only proposes tokens, and a discriminator that learns as always. */
class FrozenGeneratorTest {

    private static final int STEPS = 3;

    /** A loss so light that the norm of its gradients needs no clipping. */
    private static final LossOptions LIGHT = new LossOptions(1e-3f, 1e-2f, 0.7f, Sampler.MULTINOMIAL);

    private static PretrainSettings settings(GeneratorTraining training, LossOptions options) {
        ElectraConfig config = SmallRun.config(Sharing.NONE, Objective.ELECTRA);
        return SmallRun.settings(config.withGeneratorTraining(training), options, 2);
    }

    private static PretrainSettings frozen() {
        return settings(GeneratorTraining.FROZEN, LossOptions.DEFAULT);
    }

    /** What a few steps leave. */
    private record Trained(Map<String, float[]> before, Map<String, float[]> after, List<ModelMetrics> metrics) {

        static Trained on(Backend backend, PretrainSettings settings) {
            ElectraModel model = new ElectraModel(backend, settings.model(), settings.seed());
            TrainingStep step = new TrainingStep(model, settings);
            Map<String, float[]> before = weights(backend, model);
            List<ModelMetrics> metrics = new ArrayList<>();
            for (int i = 0; i < STEPS; i++) {
                MetricsCollector collector = new MetricsCollector(settings);
                step.run(SmallRun.batch(i), i, collector);
                metrics.add(collector.metrics());
            }
            return new Trained(before, weights(backend, model), metrics);
        }

        static Map<String, float[]> weights(Backend backend, ElectraModel model) {
            Map<String, float[]> weights = new HashMap<>();
            for (Parameter parameter : model.parameters().parameters()) {
                weights.put(parameter.name(), SmallRun.read(backend, parameter.value()));
            }
            return weights;
        }
    }

    private static void assertOnlyTheDiscriminatorLearns(Trained trained) {
        trained.before().forEach((name, weights) -> {
            if (name.startsWith("generator.")) {
                assertThat(trained.after().get(name)).as(name).containsExactly(weights);
            } else {
                assertThat(trained.after().get(name)).as(name).isNotEqualTo(weights);
            }
        });
        assertThat(trained.before().keySet()).anyMatch(name -> name.startsWith("generator."));
    }

    @Test
    void itsWeightsStayBitForBit() {
        try (Backend backend = CpuBackend.create(2)) {
            Trained trained = Trained.on(backend, frozen());
            assertOnlyTheDiscriminatorLearns(trained);
            for (ModelMetrics metrics : trained.metrics()) {
                assertThat(metrics.generatorLoss()).isCloseTo(Math.log(SmallRun.VOCABULARY), within(0.3));
                assertThat(metrics.generatorAccuracy()).isBetween(0.0, 1.0);
            }
        }
    }

    /** Against a run in which both learn: the same samples, and the same gradients and update of the discriminator. */
    @ParameterizedTest
    @EnumSource(Sampler.class)
    void theDiscriminatorsStepIsThatOfAnUnfrozenRun(Sampler sampler) {
        LossOptions options =
                new LossOptions(LIGHT.generatorWeight(), LIGHT.discriminatorWeight(), LIGHT.temperature(), sampler);
        try (Backend backend = CpuBackend.create(2)) {
            PretrainSettings both = settings(GeneratorTraining.MLE, options);
            PretrainSettings one = settings(GeneratorTraining.FROZEN, options);
            ElectraModel learning = new ElectraModel(backend, both.model(), 7);
            ElectraModel frozen = new ElectraModel(backend, one.model(), 7);
            TrainingStep learningStep = new TrainingStep(learning, both);
            TrainingStep frozenStep = new TrainingStep(frozen, one);
            learningStep.run(SmallRun.batch(0), 0);
            frozenStep.run(SmallRun.batch(0), 0);

            assertThat(learningStep.gradientNorm()).isBetween(frozenStep.gradientNorm(), 1.0);
            for (Parameter parameter : frozen.parameters().parameters()) {
                String name = parameter.name();
                float[] gradient = SmallRun.read(backend, parameter.gradient());
                if (name.startsWith("generator.")) {
                    assertThat(gradient).as(name).containsOnly(0);
                } else {
                    Parameter expected = learning.parameters().parameter(name);
                    assertThat(gradient).as(name).containsExactly(SmallRun.read(backend, expected.gradient()));
                    assertThat(SmallRun.read(backend, parameter.value()))
                            .as(name)
                            .containsExactly(SmallRun.read(backend, expected.value()));
                }
            }
        }
    }

    /** No operation of a step but the three over the whole arena reads or writes a gradient of the generator. */
    @Test
    void noBackwardPassIsRecorded() {
        try (Backend backend = CpuBackend.create(1)) {
            ElectraModel model = new ElectraModel(backend, frozen().model(), 7);
            List<Tensor> gradients = model.parameters().parameters().stream()
                    .filter(parameter -> parameter.name().startsWith("generator."))
                    .map(Parameter::gradient)
                    .toList();
            List<String> touching = new ArrayList<>();
            new TrainingStep(model, frozen()).inspect(SmallRun.batch(0), 0, (operation, tensors) -> {
                for (Tensor tensor : tensors) {
                    if (gradients.stream().anyMatch(gradient -> overlap(gradient, tensor))) {
                        touching.add(operation);
                    }
                }
                return true;
            });
            assertThat(touching).containsExactly("clearGradients", "globalNorm", "adamW");

            MemoryNeed whole = MemoryNeed.onCpu(settings(GeneratorTraining.MLE, LossOptions.DEFAULT), true);
            MemoryNeed need = MemoryNeed.onCpu(frozen(), true);
            assertThat(need.activations()).isLessThan(whole.activations());
        }
    }

    private static boolean overlap(Tensor one, Tensor other) {
        return one.storage() == other.storage()
                && one.offset() < other.offset() + other.size()
                && other.offset() < one.offset() + one.size();
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "BFLOAT16"})
    void onADeviceToo(DType values) {
        try (Backend cuda = SimulatedBackends.open(values);
                Backend cpu = CpuBackend.create(1)) {
            Trained trained = Trained.on(cuda, frozen());
            assertOnlyTheDiscriminatorLearns(trained);
            double tolerance = values == DType.FLOAT32 ? 1e-5 : 1e-2;
            List<ModelMetrics> expected = Trained.on(cpu, frozen()).metrics();
            for (int i = 0; i < STEPS; i++) {
                assertThat(trained.metrics().get(i).generatorLoss())
                        .isCloseTo(expected.get(i).generatorLoss(), within(tolerance * 5));
                assertThat(trained.metrics().get(i).discriminatorLoss())
                        .isCloseTo(expected.get(i).discriminatorLoss(), within(tolerance * 5));
            }
        }
    }

    /** What a step costs without it is what its backward pass costs: twice its forward pass. */
    @Test
    void itsBackwardPassCostsNothing() {
        ElectraConfig both = SmallRun.config(Sharing.NONE, Objective.ELECTRA);
        ElectraConfig frozen = both.withGeneratorTraining(GeneratorTraining.FROZEN);
        ElectraConfig generator = new ElectraConfig(both.generator(), both.generator(), Sharing.NONE, Objective.MLM);
        double saved = StepFlops.training(both, 4, 19, 3) - StepFlops.training(frozen, 4, 19, 3);
        assertThat(saved).isPositive().isEqualTo(2 * StepFlops.forward(generator, 4, 19, 3));
    }

    @Test
    void whatItSharesWouldChange() {
        ElectraConfig config = SmallRun.config(Sharing.EMBEDDINGS, Objective.ELECTRA);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.withGeneratorTraining(GeneratorTraining.FROZEN))
                .withMessageContaining("expected sharing none, got embeddings");
        ElectraConfig alone = SmallRun.config(Sharing.NONE, Objective.MLM);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> alone.withGeneratorTraining(GeneratorTraining.FROZEN))
                .withMessageContaining("frozen needs a network beside the generator, got objective " + Objective.MLM);
    }
}
