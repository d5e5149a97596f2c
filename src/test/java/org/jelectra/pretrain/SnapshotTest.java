package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;
import org.jelectra.autograd.Parameter;
import org.jelectra.backend.Backend;
import org.jelectra.backend.ComputedBy;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.GeneratorTraining;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Sharing;
import org.jelectra.io.ChangedSnapshot;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.text.PackedCorpus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SnapshotTest {

    private static final int STEPS = 23;

    /** The same bits; NaN, which stands for a metric that does not apply, equals itself. */
    private static final RecursiveComparisonConfiguration EXACT = RecursiveComparisonConfiguration.builder()
            .withComparatorForType(Comparator.naturalOrder(), Double.class)
            .withComparatorForType(Comparator.naturalOrder(), Float.class)
            .build();

    @TempDir
    Path directory;

    private PackedCorpus corpus;

    @BeforeEach
    void packText() throws IOException {
        corpus = SmallText.pack(directory, 1);
    }

    /** Everything that two runs could differ in. */
    private record Result(float[] weights, float[] first, float[] second, List<StepMetrics> metrics) {

        static Result of(Pretrainer pretrainer, List<StepMetrics> metrics) {
            Backend backend = pretrainer.model().backend();
            return new Result(
                    SmallRun.read(backend, pretrainer.model().parameters().values()),
                    SmallRun.read(backend, pretrainer.trainingStep().optimizer().firstMoments()),
                    SmallRun.read(backend, pretrainer.trainingStep().optimizer().secondMoments()),
                    metrics.stream().map(Result::withoutTimes).toList());
        }

        private static StepMetrics withoutTimes(StepMetrics m) {
            return new StepMetrics(m.step(), m.training(), m.gradientNorm(), m.learningRate(), 0, 0, 0, m.evaluation());
        }
    }

    private static PretrainSettings settings(int microBatches) {
        return settings(microBatches, 4);
    }

    private static PretrainSettings settings(int microBatches, int logEvery) {
        return settings(SmallRun.settings(microBatches), microBatches, logEvery);
    }

    private static PretrainSettings settings(PretrainSettings base, int microBatches, int logEvery) {
        return SmallRun.with(
                base,
                "microBatches",
                microBatches,
                "steps",
                STEPS,
                "warmupSteps",
                3,
                "logEvery",
                logEvery,
                "evaluateEvery",
                10);
    }

    private Pretrainer pretrainer(Backend backend, int microBatches) {
        return pretrainer(backend, settings(microBatches));
    }

    private Pretrainer pretrainer(Backend backend, PretrainSettings settings) {
        return new Pretrainer(backend, settings, corpus, SmallRun.vocabulary());
    }

    /** Ends a run after a step and notes what it logs. */
    private record Until(int end, List<StepMetrics> metrics) implements PretrainListener {
        @Override
        public void onMetrics(StepMetrics step) {
            metrics.add(step);
        }

        @Override
        public boolean endsAfter(int step) {
            return step == end;
        }
    }

    /** Trains in pieces that end after the given steps, each piece a new process as far as memory goes. */
    private Result inPieces(PretrainSettings settings, int threads, int... ends) throws IOException {
        List<StepMetrics> metrics = new ArrayList<>();
        Path file = directory.resolve("run.snapshot");
        Result result = null;
        for (int i = 0; i < ends.length; i++) {
            try (Backend backend = CpuBackend.create(i % 2 == 0 ? threads : 1)) {
                Pretrainer pretrainer = pretrainer(backend, settings);
                if (i > 0) {
                    try (Snapshot snapshot = Snapshot.open(file)) {
                        snapshot.restore(pretrainer);
                    }
                    assertThat(pretrainer.step()).isEqualTo(ends[i - 1]);
                }
                StepMetrics last = pretrainer.run(new Until(ends[i], metrics));
                if (last == null || last.step() < ends[i]) {
                    assertThat(pretrainer.unlogged().step()).isEqualTo(ends[i]);
                }
                Snapshot.write(file, pretrainer);
                result = Result.of(pretrainer, metrics);
            }
        }
        return result;
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 3", "2, 2", "4, 1"})
    void everyWayOfCuttingARunGivesTheSameBits(int microBatches, int threads) throws IOException {
        PretrainSettings settings = settings(microBatches);
        Result whole = inPieces(settings, threads, STEPS);
        assertThat(whole.metrics()).extracting(StepMetrics::step).containsExactly(4L, 8L, 10L, 12L, 16L, 20L, 23L);
        assertCutsChangeNothing(whole, settings, threads);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ELECTRA")
    void everyObjectiveGoesOnTheSame(Objective objective) throws IOException {
        PretrainSettings settings = settings(SmallRun.settings(Sharing.EMBEDDINGS, objective, 2), 2, 4);
        Result whole = inPieces(settings, 2, STEPS);
        StepMetrics last = whole.metrics().get(whole.metrics().size() - 1);
        assertThat(last.training().discriminatorLoss() > 0).isEqualTo(objective.hasDiscriminator());
        assertThat(last.training().mainAccuracy() >= 0)
                .isEqualTo(objective.hasMainNetwork() && !objective.hasDiscriminator());
        assertThat(inPieces(settings, 2, 9, STEPS))
                .usingRecursiveComparison(EXACT)
                .isEqualTo(whole);
    }

    @ParameterizedTest
    @EnumSource(
            value = GeneratorTraining.class,
            names = {"ADVERSARIAL", "FROZEN"})
    void everyTrainingOfTheGeneratorGoesOnTheSame(GeneratorTraining training) throws IOException {
        ElectraConfig config = SmallRun.config(Sharing.NONE, Objective.ELECTRA).withGeneratorTraining(training);
        PretrainSettings settings = settings(SmallRun.settings(config, LossOptions.DEFAULT, 2), 2, 4);
        Result whole = inPieces(settings, 2, STEPS);
        assertThat(whole.metrics())
                .allSatisfy(step -> assertThat(Double.isNaN(step.training().generatorReward()))
                        .isEqualTo(training == GeneratorTraining.FROZEN));
        assertThat(inPieces(settings, 2, 3, 9, STEPS))
                .usingRecursiveComparison(EXACT)
                .isEqualTo(whole);
    }

    /** An interval of logging of so many tokens that the predictions of one step in three are taken, and evaluations end it early. */
    @Test
    void everyIntervalHasAnAreaUnderTheCurve() throws IOException {
        int everyThird = 3 * (1 << 19) / (SmallRun.BATCH * SmallRun.LENGTH);
        PretrainSettings settings = settings(2, everyThird);
        Result whole = inPieces(settings, 2, STEPS);
        assertThat(whole.metrics()).extracting(StepMetrics::step).containsExactly(10L, 20L, 23L);
        assertCutsChangeNothing(whole, settings, 2);

        // so many tokens that one step in more than the run has is taken
        List<StepMetrics> metrics =
                inPieces(settings(2, 1000 * everyThird), 2, STEPS).metrics();
        assertThat(metrics)
                .hasSize(3)
                .allSatisfy(
                        step -> assertThat(step.training().discriminatorAuc()).isBetween(0.0, 1.0));
    }

    private void assertCutsChangeNothing(Result whole, PretrainSettings settings, int threads) throws IOException {
        int[] everyStep = IntStream.rangeClosed(1, STEPS).toArray();
        for (int[] cuts : List.of(new int[] {8, STEPS}, new int[] {9, STEPS}, everyStep)) {
            assertThat(inPieces(settings, threads, cuts))
                    .as(Arrays.toString(cuts))
                    .usingRecursiveComparison(EXACT)
                    .isEqualTo(whole);
        }
    }

    /** Looking at it changes nothing, see {@link #inPieces}. */
    @Test
    void whatIsNotLoggedYetCanBeSeen() throws IOException {
        try (Backend backend = CpuBackend.create(1)) {
            Pretrainer pretrainer = pretrainer(backend, 2);
            pretrainer.run(new Until(3, new ArrayList<>()));
            StepMetrics seen = pretrainer.unlogged();
            StepMetrics logged = inPieces(settings(2, 3), 1, 3).metrics().get(0);
            assertThat(seen.training()).isEqualTo(logged.training());
            assertThat(seen.gradientNorm()).isEqualTo(logged.gradientNorm());
            assertThat(seen.evaluation()).isEqualTo(pretrainer.evaluate());

            pretrainer.run(new Until(4, new ArrayList<>()));
            assertThatThrownBy(pretrainer::unlogged)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("expected a step since metrics were last logged, found none after step 4");
        }
    }

    @Test
    void knowsWhatItIsOf() throws IOException {
        Path file = directory.resolve("a.snapshot");
        try (Backend backend = CpuBackend.create(1)) {
            Pretrainer pretrainer = pretrainer(backend, 2);
            pretrainer.run(new Until(5, new ArrayList<>()));
            Snapshot.write(file, pretrainer);
            try (Snapshot snapshot = Snapshot.open(file)) {
                assertThat(snapshot.step()).isEqualTo(5);
                assertThat(snapshot.settings()).isEqualTo(settings(2));
                assertThat(snapshot.data()).isEqualTo(pretrainer.fingerprint());
                assertThat(snapshot.computedBy()).isEqualTo(new ComputedBy("cpu", backend.kernels(), DType.FLOAT32));
            }
        }
    }

    @Test
    void otherSettingsOrAnotherTextAreRefused() throws IOException {
        Path file = directory.resolve("a.snapshot");
        try (Backend backend = CpuBackend.create(1)) {
            Snapshot.write(file, pretrainer(backend, 2));
            Pretrainer otherSettings =
                    new Pretrainer(backend, settings(1, 3), SmallText.pack(directory, 1), SmallRun.vocabulary());
            Pretrainer otherParts = pretrainer(backend, 1);
            Pretrainer otherText =
                    new Pretrainer(backend, settings(2), SmallText.pack(directory, 2), SmallRun.vocabulary());
            try (Snapshot snapshot = Snapshot.open(file)) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> snapshot.restore(otherSettings))
                        .withMessageContaining("its own settings; expected logEvery 4, got 3");
                snapshot.restore(otherParts);
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> snapshot.restore(otherText))
                        .withMessageContaining("the text is not the one that the run was trained on: expected ");
            }
        }
    }

    @Test
    void weightsThatAreNotFiniteAreNotWritten() {
        Path file = directory.resolve("a.snapshot");
        try (Backend backend = CpuBackend.create(1)) {
            Pretrainer pretrainer = pretrainer(backend, 1);
            Parameter broken = pretrainer.model().parameters().parameters().get(3);
            backend.upload(
                    new float[] {Float.POSITIVE_INFINITY}, 0, broken.value().view("first", 0, Shape.of(1)));
            assertThatThrownBy(() -> Snapshot.write(file, pretrainer))
                    .isInstanceOf(TrainingDivergedException.class)
                    .hasMessageContaining(
                            "a weight is not finite any more at step 0, first in the weights " + broken.name());
            assertThat(file).doesNotExist();
        }
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        Path file = directory.resolve("a.snapshot");
        List<String> sections = List.of("parameters", "first_moments", "second_moments", "predictions");
        try (Backend backend = CpuBackend.create(1)) {
            for (String name : List.of("backend", "valueType", "generatorTraining")) {
                Snapshot.write(file, pretrainer(backend, 1));
                ChangedSnapshot.change(file, sections, content -> {
                    JsonObject model = content.getAsJsonObject("settings").getAsJsonObject("model");
                    assertThat((content.has(name) ? content : model).remove(name))
                            .isNotNull();
                });
                assertThatIOException()
                        .isThrownBy(() -> Snapshot.open(file))
                        .withMessageStartingWith(file + ": ")
                        .withMessageContaining(name)
                        .withMessageContaining("is missing");
            }
        }
    }

    @Test
    void aFileOfAnotherKindIsRefused() {
        assertThatIOException()
                .isThrownBy(() -> Snapshot.open(directory.resolve("text-1.txt")))
                .withMessageContaining("expected a snapshot of jelectra");
    }
}
