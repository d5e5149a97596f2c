package org.jelectra.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Workspace;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.inference.batch.LengthBuckets;
import org.jelectra.optim.AdamW;
import org.jelectra.optim.LearningRateSchedule;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FineTuningStepTest {

    /** Of both lengths, the last one not full. */
    private static final int[][] BATCHES = {{0, 1, 2}, {10, 11, 12}, {3, 4, 5}, {6, 7, 8}, {13, 14, 15}, {9, 16}};

    private static float[] read(Backend backend, Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        backend.download(tensor, values, 0);
        return values;
    }

    private static float[] parameters(FineTuningTask task) {
        return read(task.model().backend(), task.model().parameters().values());
    }

    /** What a step is, one after the other and one operation after the other. */
    private static List<Float> plainly(FineTuningTask task) {
        Backend backend = task.model().backend();
        FineTuneSettings settings = SmallTasks.SETTINGS;
        Tensor gradients = task.model().parameters().gradients();
        AdamW optimizer = new AdamW(
                backend,
                task.model().parameters().values(),
                gradients,
                task.model()
                        .parameters()
                        .segments(
                                (float) settings.weightDecay(),
                                AdamW::decays,
                                task.model().layerwiseRates(settings.layerDecay(), settings.layerDecayCompatible())),
                AdamW.Options.ELECTRA);
        LearningRateSchedule schedule = new LearningRateSchedule(
                settings.learningRate(), SmallTasks.STEPS, SmallTasks.STEPS * settings.warmup(), 1);
        List<Float> losses = new ArrayList<>();
        for (int step = 0; step < BATCHES.length; step++) {
            int longest = Arrays.stream(BATCHES[step]).map(task::length).max().orElseThrow();
            int length = LengthBuckets.length(longest, settings.maxLength());
            TaskGraph graph = task.record(settings.batchSize(), length, new Workspace(backend));
            graph.upload(BATCHES[step], 0, settings.seed(), step);
            backend.fill(gradients, 0).run();
            graph.program().forward();
            graph.program().backward();
            optimizer.step(schedule.at(step));
            losses.add(read(backend, graph.loss())[0]);
        }
        return losses;
    }

    /** On a device that does nothing before someone waits, so that what changes or reads host memory too early is seen. */
    @ParameterizedTest
    @ValueSource(strings = {"RTE", "linear RTE", "STS-B", "multilabel", "tagging", "SQuAD", "joint SQuAD"})
    void recordedStepsInFlightDoTheSame(String name) {
        SimulatorOptions late = SimulatorOptions.defaults().withRaces(false).withLateWork(true);
        try (Backend backend = SimulatedBackends.open(DType.FLOAT32, late);
                Backend other = SimulatedBackends.open(DType.FLOAT32)) {
            FineTuningTask expected = SmallTasks.of(other, name);
            List<Float> expectedLosses = plainly(expected);
            FineTuningTask task = SmallTasks.of(backend, name);
            List<Float> losses = new ArrayList<>();
            FineTuningStep step = new FineTuningStep(
                    task, SmallTasks.SETTINGS, SmallTasks.STEPS, (loss, examples) -> losses.add((float) loss));
            for (int i = 0; i < BATCHES.length; i++) {
                step.begin(BATCHES[i], i);
                assertThat(losses).hasSize(i);
            }
            step.settle();

            assertThat(losses).isEqualTo(expectedLosses).doesNotHaveDuplicates();
            assertThat(parameters(task)).isEqualTo(parameters(expected));
        }
    }

    /** A step's loss, and its gradients by name. */
    private record Gradients(double loss, Map<String, float[]> values) {}

    private static Gradients gradients(Backend backend, String name, FineTuneSettings settings, int[] batch) {
        FineTuningTask task = SmallTasks.of(backend, name, settings);
        double[] total = new double[1];
        FineTuningStep step = new FineTuningStep(task, settings, SmallTasks.STEPS, (loss, examples) -> total[0] = loss);
        step.begin(new int[] {10, 11}, 0); // leaves nothing behind
        step.begin(batch, 0);
        step.settle();
        Map<String, float[]> values = new TreeMap<>();
        for (Parameter parameter : task.model().parameters().parameters()) {
            values.put(parameter.name(), read(backend, parameter.gradient()));
        }
        return new Gradients(total[0], values);
    }

    /** Whose parts have examples of other lengths, numbers of words, labels and answers; of the last two some parts are not full or empty. */
    private static final int[][] IN_PARTS = {{0, 19, 4, 3}, {13, 1, 2}, {7}};

    private static void assertPartsDoTheSame(Backend backend, String name, Reduction reduction, int... parts) {
        for (int[] batch : IN_PARTS) {
            Gradients whole = gradients(backend, name, SmallTasks.settings(4, 1, reduction), batch);
            for (int microBatches : parts) {
                Gradients sum = gradients(backend, name, SmallTasks.settings(4, microBatches, reduction), batch);
                assertThat(sum.loss()).isCloseTo(whole.loss(), within(1e-5 * whole.loss()));
                whole.values().forEach((weight, expected) -> {
                    float[] values = sum.values().get(weight);
                    double largest = IntStream.range(0, expected.length)
                            .mapToDouble(i -> Math.abs(expected[i]))
                            .max()
                            .orElseThrow();
                    for (int i = 0; i < values.length; i++) {
                        assertThat(values[i])
                                .as("%s, %d examples in %d parts", weight, batch.length, microBatches)
                                .isCloseTo(expected[i], within((float) (1e-5 * largest + 1e-7)));
                    }
                });
            }
        }
    }

    /** With dropout, as rows have the same random numbers in every part. */
    @ParameterizedTest
    @ValueSource(strings = {"RTE", "linear RTE", "STS-B", "multilabel", "tagging", "SQuAD", "joint SQuAD"})
    void partsOfABatchDoTheSameAsTheWhole(String name) {
        try (Backend backend = CpuBackend.create(1)) {
            assertPartsDoTheSame(backend, name, Reduction.SUM, 2, 4);
            assertPartsDoTheSame(backend, name, Reduction.MEAN, 2, 4);
        }
        SimulatorOptions late = SimulatorOptions.defaults().withRaces(false).withLateWork(true);
        try (Backend backend = SimulatedBackends.open(DType.FLOAT32, late)) {
            assertPartsDoTheSame(backend, name, Reduction.MEAN, 2);
        }
    }

    /** The weights by name after some steps, whose operations are counted. */
    private static Map<String, float[]> trained(String name, Integer frozenLayers, int steps, int[] operations) {
        try (Backend backend = CpuBackend.create(1)) {
            FineTuningTask task = SmallTasks.of(backend, name, frozenLayers);
            FineTuneSettings settings = SmallTasks.settings(frozenLayers);
            FineTuningStep step = new FineTuningStep(task, settings, SmallTasks.STEPS, (loss, examples) -> {});
            for (int i = 0; i < steps; i++) {
                step.begin(BATCHES[i], i + 1);
            }
            step.settle();
            operations[0] = task.record(3, 16, new Workspace(backend)).program().operations();
            Map<String, float[]> weights = new TreeMap<>();
            for (Parameter parameter : task.model().parameters().parameters()) {
                weights.put(parameter.name(), read(backend, parameter.value()));
            }
            return weights;
        }
    }

    /** Of a model of two layers; decay of weights would change what has no gradient. */
    @ParameterizedTest
    @ValueSource(strings = {"RTE", "linear RTE", "STS-B", "multilabel", "tagging", "SQuAD", "joint SQuAD"})
    void frozenLayersStayAsTheyAre(String name) {
        int[] before = new int[1];
        Map<String, float[]> start = trained(name, null, 0, before);
        String[] names = {"electra.embeddings", "electra.encoder.layer.0.", "electra.encoder.layer.1."};
        for (int layers = 0; layers <= 2; layers++) {
            List<String> frozen = List.of(names).subList(0, layers + 1);
            int[] operations = new int[1];
            Map<String, float[]> weights = trained(name, layers, BATCHES.length, operations);
            weights.forEach((weight, values) -> {
                if (frozen.stream().anyMatch(weight::startsWith)) {
                    assertThat(values).as(weight).isEqualTo(start.get(weight));
                } else if (weight.matches("(.*dense|classifier)\\.weight")) {
                    assertThat(values).as(weight).isNotEqualTo(start.get(weight));
                }
            });
            assertThat(operations[0]).as("operations with " + frozen).isLessThan(before[0]);
            before = operations;
        }
    }

    /** The next step has begun by then; it must change nothing, and another attempt must not suffer from it. */
    @Test
    void aStepThatDivergesAndTheOneBehindItChangeNothing() {
        try (Backend backend = CpuBackend.create(1)) {
            FineTuningTask task = SmallTasks.of(backend, "RTE");
            FineTuningStep step =
                    new FineTuningStep(task, SmallTasks.SETTINGS, SmallTasks.STEPS, (loss, examples) -> {});
            float[] healthy = parameters(task);
            Tensor weight = task.model()
                    .parameters()
                    .parameter("classifier.dense.weight")
                    .value();
            float[] broken = new float[(int) weight.size()];
            Arrays.fill(broken, Float.NaN);
            backend.upload(broken, 0, weight);
            float[] before = parameters(task);
            step.begin(BATCHES[0], 4);

            assertThatThrownBy(() -> step.begin(BATCHES[1], 5))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("step 5: the loss became NaN and the norm of the gradient NaN; try a smaller learning"
                            + " rate");

            assertThat(parameters(task)).isEqualTo(before);
            assertThat(read(backend, step.optimizer().secondMoments())).containsOnly(0);
            step.settle(); // nothing is left

            backend.upload(healthy, 0, task.model().parameters().values());
            step.begin(BATCHES[0], 4);
            step.settle();
            assertThat(step.gradientNorm()).isFinite().isPositive();
            assertThat(parameters(task)).isNotEqualTo(healthy);
        }
    }
}
