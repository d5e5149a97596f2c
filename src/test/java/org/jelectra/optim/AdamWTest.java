package org.jelectra.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jelectra.backend.AdamWOptions;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of gradients that are not finite. */
class AdamWTest {

    private static final float[] START = {1, 2};
    private static final float[] FINITE = {0.375f, 0.5f};

    /** Two weights and their optimiser. */
    private static final class Weights {
        private final Backend backend;
        private final Tensor values;
        private final Tensor gradients;
        private final AdamW optimizer;

        Weights(Backend backend) {
            this.backend = backend;
            values = tensor("values");
            gradients = tensor("gradients");
            backend.upload(START, 0, values);
            var segments = List.of(new AdamWOptions.Segment(0, 2, 1, 0));
            optimizer = new AdamW(backend, values, gradients, segments, AdamW.Options.ELECTRA);
        }

        private Tensor tensor(String name) {
            return Tensor.of(name, Shape.of(2), backend.allocate(DType.FLOAT32, 2), 0);
        }

        void gradients(float... numbers) {
            backend.upload(numbers, 0, gradients);
        }

        float[] read(Tensor tensor) {
            float[] numbers = new float[2];
            backend.download(tensor, numbers, 0);
            return numbers;
        }
    }

    private static List<Backend> backends() {
        return List.of(CpuBackend.create(1), SimulatedBackends.open(DType.FLOAT32));
    }

    @ParameterizedTest
    @CsvSource({
        "electra.embeddings.word_embeddings.weight, true",
        "electra.encoder.layer.0.attention.self.query.weight, true",
        "electra.encoder.layer.0.attention.self.query.bias, false",
        "electra.encoder.layer.0.output.LayerNorm.weight, false",
        "electra.encoder.layer.0.output.LayerNorm.bias, false",
        "layer_norm.weight, false",
        "generator_lm_head.bias, false"
    })
    void biasesAndNormalisationsAreNotDecayed(String name, boolean decays) {
        assertThat(AdamW.decays(name)).isEqualTo(decays);
    }

    @Test
    void aStepChangesNothingThenAndTheNextOneKnowsNothingOfIt() {
        for (Backend open : backends()) {
            try (Backend backend = open) {
                Weights expected = new Weights(backend);
                expected.gradients(FINITE);
                expected.optimizer.step(0.1);
                assertThat(expected.read(expected.values)[0]).isLessThan(START[0]);

                for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                    Weights weights = new Weights(backend);
                    weights.gradients(bad, 1);
                    weights.optimizer.step(0.1);
                    assertThat(Float.isFinite(weights.optimizer.gradientNorm())).isFalse();
                    assertThat(weights.read(weights.values)).containsExactly(START);
                    assertThat(weights.read(weights.optimizer.firstMoments())).containsOnly(0);
                    assertThat(weights.read(weights.optimizer.secondMoments())).containsOnly(0);

                    weights.gradients(FINITE);
                    weights.optimizer.step(0.1);
                    assertThat(weights.optimizer.gradientNorm()).isEqualTo(0.625f);
                    assertThat(weights.read(weights.values)).containsExactly(expected.read(expected.values));
                }
            }
        }
    }

    @Test
    void aRateIsANumberThatIsNotNegative() {
        try (Backend backend = CpuBackend.create(1)) {
            Weights weights = new Weights(backend);
            weights.gradients(FINITE);
            weights.optimizer.measure();
            for (double rate : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e39, -0.1}) {
                String message = "AdamW: the learning rate must be 0 or a positive number of float32, got " + rate;
                assertThatThrownBy(() -> weights.optimizer.step(rate))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage(message);
                assertThatThrownBy(() -> weights.optimizer.update(rate))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage(message);
            }
            weights.optimizer.step(0);
            assertThat(weights.read(weights.values)).containsExactly(START);
        }
    }

    @Test
    void measuredNormsStayUntilTheyAreForgotten() {
        for (Backend open : backends()) {
            try (Backend backend = open) {
                Weights weights = new Weights(backend);
                weights.gradients(Float.NaN, 1);
                weights.optimizer.measure();
                weights.optimizer.update(0.1);
                weights.gradients(FINITE);
                weights.optimizer.measure();
                weights.optimizer.update(0.1);
                assertThat(weights.optimizer.gradientNorm()).isNaN();
                assertThat(weights.read(weights.values)).containsExactly(START);

                weights.optimizer.forgetNorm();
                weights.optimizer.measure();
                weights.optimizer.update(0.1);
                assertThat(weights.optimizer.gradientNorm()).isEqualTo(0.625f);
                assertThat(weights.read(weights.values)[0]).isLessThan(START[0]);
            }
        }
    }
}
