package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Sharing;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.jelectra.text.batch.Batch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole training steps of a tiny model on the CUDA backend: like the CPU's, repeatable, and continued exactly. */
abstract class TrainingTest {

    /** A backend; it is closed by the test. */
    protected abstract Backend backend(DType valueType);

    /** How many steps are compared with the CPU's: beyond ten their difference grows. */
    protected abstract int steps();

    /** One whose work is done only when someone waits for it, so that what changes or reads host memory too early is seen. */
    protected abstract Backend slowBackend(DType valueType);

    /** One model in training. */
    private static final class Run implements AutoCloseable {
        final Backend backend;
        final ElectraModel model;
        final TrainingStep step;
        final MetricsCollector collector;

        Run(Backend backend) {
            this(backend, Objective.ELECTRA);
        }

        Run(Backend backend, Objective objective) {
            PretrainSettings settings = SmallRun.settings(Sharing.EMBEDDINGS, objective, 1);
            this.backend = backend;
            model = new ElectraModel(backend, settings.model(), settings.seed());
            step = new TrainingStep(model, settings);
            collector = new MetricsCollector(settings);
        }

        ModelMetrics run(int number) {
            collector.clear();
            step.run(SmallRun.batch(number), number, collector);
            return collector.metrics();
        }

        int[] sampled() {
            Tensor sampled = step.graph().sampled();
            int[] tokens = new int[(int) sampled.size()];
            backend.download(sampled, tokens, 0);
            return tokens;
        }

        Tensor[] state() {
            return new Tensor[] {
                model.parameters().values(),
                step.optimizer().firstMoments(),
                step.optimizer().secondMoments()
            };
        }

        float[][] read() {
            Tensor[] state = state();
            float[][] values = new float[state.length][];
            for (int i = 0; i < state.length; i++) {
                values[i] = SmallRun.read(backend, state[i]);
            }
            return values;
        }

        void write(float[][] values) {
            Tensor[] state = state();
            for (int i = 0; i < state.length; i++) {
                backend.upload(values[i], 0, state[i]);
            }
        }

        @Override
        public void close() {
            backend.close();
        }
    }

    /** Tokens sampled in slots that are used; the others hold padding's samples. */
    private static void assertSameSamples(Run expected, Run actual, Batch batch, int step) {
        int[] wanted = expected.sampled();
        int[] got = actual.sampled();
        for (int slot = 0; slot < wanted.length; slot++) {
            if (batch.maskedWeights[slot] > 0) {
                assertThat(got[slot]).as("step " + step + ", slot " + slot).isEqualTo(wanted[slot]);
            }
        }
    }

    /**
     * The losses agree to 1e-5 for ten steps. From then on their difference grows: a gradient close to zero moves its parameter by the
     * whole learning rate, whichever way its rounding points.
     */
    @Test
    void stepsInFloat32AreTheCpus() {
        try (Run cpu = new Run(CpuBackend.create(2));
                Run cuda = new Run(backend(DType.FLOAT32))) {
            for (int step = 0; step < steps(); step++) {
                ModelMetrics expected = cpu.run(step);
                ModelMetrics actual = cuda.run(step);
                assertSameSamples(cpu, cuda, SmallRun.batch(step), step);
                double tolerance = step < 10 ? 1e-5 : 1e-3;
                assertThat(actual.generatorLoss())
                        .as("generator loss of step " + step)
                        .isCloseTo(expected.generatorLoss(), within(tolerance * expected.generatorLoss()));
                assertThat(actual.discriminatorLoss())
                        .as("discriminator loss of step " + step)
                        .isCloseTo(expected.discriminatorLoss(), within(tolerance * expected.discriminatorLoss()));
            }
        }
    }

    @Test
    void bf16LearnsLikeFloat32() {
        try (Run cpu = new Run(CpuBackend.create(2));
                Run cuda = new Run(backend(DType.BFLOAT16))) {
            double sum = 0;
            double apart = 0;
            for (int step = 0; step < steps(); step++) {
                double expected = cpu.run(step).generatorLoss();
                sum += expected;
                // their means alone hardly tell a model that does not learn
                apart += Math.abs(cuda.run(step).generatorLoss() - expected);
            }
            assertThat(apart).isLessThan(0.01 * sum);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ELECTRA")
    void stepsOfOtherObjectivesAreTheCpus(Objective objective) {
        try (Run cpu = new Run(CpuBackend.create(2), objective);
                Run cuda = new Run(backend(DType.FLOAT32), objective)) {
            for (int step = 0; step < 3; step++) {
                ModelMetrics expected = cpu.run(step);
                ModelMetrics actual = cuda.run(step);
                if (objective.hasMainNetwork()) {
                    assertSameSamples(cpu, cuda, SmallRun.batch(step), step);
                }
                assertThat(actual.totalLoss()).isCloseTo(expected.totalLoss(), within(2e-5 * expected.totalLoss()));
                assertThat(actual.generatorAccuracy()).isEqualTo(expected.generatorAccuracy());
                assertThat(actual.mainAccuracy()).isEqualTo(Double.valueOf(expected.mainAccuracy()));
                assertThat(actual.discriminatorAccuracy()).isEqualTo(Double.valueOf(expected.discriminatorAccuracy()));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ELECTRA")
    void inBf16TheyAreCloseAndRepeatBitForBit(Objective objective) {
        float[][] state;
        try (Run cpu = new Run(CpuBackend.create(2), objective);
                Run cuda = new Run(backend(DType.BFLOAT16), objective)) {
            double expected = cpu.run(0).totalLoss();
            assertThat(cuda.run(0).totalLoss()).isCloseTo(expected, within(0.02 * expected));
            cuda.run(1);
            state = cuda.read();
        }
        try (Run again = new Run(backend(DType.BFLOAT16), objective)) {
            again.run(0);
            again.run(1);
            assertThat(again.read()).isDeepEqualTo(state);
        }
    }

    /** As training does it: what a step computed is looked at while the next one runs. */
    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "BFLOAT16"})
    void stepsInFlightAreTheSteps(DType valueType) {
        List<ModelMetrics> expected = new ArrayList<>();
        float[][] state;
        try (Run run = new Run(backend(valueType))) {
            for (int step = 0; step < 4; step++) {
                expected.add(run.run(step));
            }
            state = run.read();
        }
        try (Run run = new Run(slowBackend(valueType))) {
            List<Batch> done = new ArrayList<>();
            List<MetricsCollector> collectors = new ArrayList<>();
            for (int step = 0; step < 4; step++) {
                collectors.add(new MetricsCollector(SmallRun.settings(1)));
                run.step.begin(SmallRun.batch(step), step, collectors.get(step), true, done::add);
                assertThat(done).hasSize(step);
            }
            run.step.settle();
            assertThat(done).hasSize(4);
            assertThat(collectors.stream().map(MetricsCollector::metrics).toList())
                    .isEqualTo(expected);
            assertThat(run.read()).isDeepEqualTo(state);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "BFLOAT16"})
    void repeatsAndContinuesBitForBit(DType valueType) {
        float[][] whole;
        float[][] half;
        try (Run run = new Run(backend(valueType))) {
            run.run(0);
            run.run(1);
            half = run.read();
            run.run(2);
            run.run(3);
            whole = run.read();
        }
        try (Run again = new Run(backend(valueType))) {
            again.run(0);
            again.run(1);
            assertThat(again.read()).isDeepEqualTo(half);
        }
        try (Run rest = new Run(backend(valueType))) {
            rest.write(half);
            rest.run(2);
            rest.run(3);
            assertThat(rest.read()).isDeepEqualTo(whole);
        }
    }
}
