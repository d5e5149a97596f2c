package org.jelectra.electra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The gradients of a step with an adversarial generator. With one masked position and a small vocabulary, the expectation over its
 * samples is a sum, whose gradient finite differences give.
 */
class AdversarialGeneratorTest {

    private static final int VOCABULARY = 7;
    private static final int LENGTH = 6;
    private static final int MASKED = 3;
    private static final int[] TOKENS = {2, 5, 6, 5, 6, 3};
    private static final float WEIGHT = 0.7f;

    private Backend backend;
    private ElectraModel model;
    private Tensor uniforms;
    private PretrainingGraph graph;
    private PretrainingGraph evaluation;
    private Operation clearGradients;

    @BeforeEach
    void record() {
        backend = CpuBackend.create(1);
        EncoderConfig encoder = new EncoderConfig(VOCABULARY, 6, 8, 1, 2, 12, LENGTH, 2, 0, 0, 1e-12f, 0.02f);
        ElectraConfig config = ElectraConfig.of(encoder, 0.5, 1, Sharing.NONE, Objective.ELECTRA)
                .withGeneratorTraining(GeneratorTraining.ADVERSARIAL);
        model = new ElectraModel(backend, config, 3);
        // larger than at the beginning of a training, so that the discriminator makes a difference between tokens
        int stream = 0;
        for (Parameter parameter : model.parameters().parameters()) {
            float[] values = read(parameter.value());
            RandomSource random = new RandomSource(17, 90, stream++, 0);
            for (int i = 0; i < values.length; i++) {
                values[i] += random.nextInt(2001) * 5e-4f - 0.5f;
            }
            backend.upload(values, 0, parameter.value());
        }
        uniforms = Tensor.of("uniforms", Shape.of(1, VOCABULARY), backend.allocate(DType.FLOAT32, VOCABULARY), 0);
        graph = graph(PretrainingGraph.Mode.TRAINING);
        evaluation = graph(PretrainingGraph.Mode.EVALUATION);
        clearGradients = backend.fill(model.parameters().gradients(), 0);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private PretrainingGraph graph(PretrainingGraph.Mode mode) {
        PretrainingInputs inputs = new PretrainingInputs(backend, 1, LENGTH, 1, Objective.ELECTRA);
        int[] ones = new int[LENGTH];
        Arrays.fill(ones, 1);
        int[] masked = TOKENS.clone();
        masked[MASKED] = 4;
        inputs.setTokens(TOKENS, ones, new int[LENGTH], masked, 0);
        inputs.setMaskedRows(new int[] {MASKED});
        inputs.setMaskedLabels(new int[] {TOKENS[MASKED]}, new float[] {1}, 0);
        inputs.setNormalizers(1, LENGTH);
        inputs.upload(1, 0, 0);
        return new PretrainingGraph(
                model, inputs, new LossOptions(WEIGHT, 50, 1, Sampler.GUMBEL), mode, uniforms, true);
    }

    private float[] read(Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        backend.download(tensor, values, 0);
        return values;
    }

    /** Lets the generator draw that token. */
    private void draw(int token) {
        float[] noise = new float[VOCABULARY];
        Arrays.fill(noise, 1e-6f);
        noise[token] = 0.9999999f;
        backend.upload(noise, 0, uniforms);
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /** The discriminator's own loss at the masked position, of what it says now. */
    private double reward(PretrainingGraph of, int token) {
        double logit = read(of.detection().logits())[MASKED];
        return token == TOKENS[MASKED] ? softplus(logit) : softplus(-logit);
    }

    /** Probabilities of the tokens that the generator draws from. */
    private double[] probabilities() {
        evaluation.program().forward();
        float[] logits = read(evaluation.generatorLogits());
        double[] p = new double[VOCABULARY];
        double sum = 0;
        for (int v = 0; v < VOCABULARY; v++) {
            p[v] = Math.exp(logits[v]);
            sum += p[v];
        }
        for (int v = 0; v < VOCABULARY; v++) {
            p[v] /= sum;
        }
        return p;
    }

    /** For each token, the reward where it is drawn; it depends on no weight of the generator, as nothing is shared. */
    private double[] rewards() {
        double[] rewards = new double[VOCABULARY];
        for (int token = 0; token < VOCABULARY; token++) {
            draw(token);
            evaluation.program().forward();
            int[] sampled = new int[1];
            backend.download(evaluation.sampled(), sampled, 0);
            assertThat(sampled).containsExactly(token);
            rewards[token] = reward(evaluation, token);
            assertThat((double) read(evaluation.reward())[0]).isCloseTo(rewards[token], within(1e-5));
        }
        return rewards;
    }

    private List<Parameter> generatorParameters() {
        return model.parameters().parameters().stream()
                .filter(parameter -> parameter.name().startsWith("generator."))
                .toList();
    }

    private double expectedReward(double[] rewards) {
        double[] p = probabilities();
        double sum = 0;
        for (int v = 0; v < VOCABULARY; v++) {
            sum += p[v] * rewards[v];
        }
        return sum;
    }

    @Test
    void theExpectedGradientIsThatOfTheExpectedReward() {
        double[] rewards = rewards();
        assertThat(Arrays.stream(rewards).max().getAsDouble()
                        - Arrays.stream(rewards).min().getAsDouble())
                .isGreaterThan(0.1);
        double[] p = probabilities();
        List<Parameter> parameters = generatorParameters();
        List<double[]> expected = new ArrayList<>();
        parameters.forEach(
                parameter -> expected.add(new double[(int) parameter.value().size()]));
        for (int token = 0; token < VOCABULARY; token++) {
            draw(token);
            clearGradients.run();
            graph.program().forward();
            graph.program().backward();
            for (int i = 0; i < parameters.size(); i++) {
                float[] gradient = read(parameters.get(i).gradient());
                for (int k = 0; k < gradient.length; k++) {
                    expected.get(i)[k] += p[token] * gradient[k];
                }
            }
        }
        int moved = 0;
        for (int i = 0; i < parameters.size(); i++) {
            double slope = slope(parameters.get(i), rewards, i);
            double predicted = 0;
            double[] direction = direction(expected.get(i).length, i);
            for (int k = 0; k < direction.length; k++) {
                predicted += expected.get(i)[k] * direction[k];
            }
            // the optimiser descends, so the reward rises
            assertThat(predicted)
                    .as(parameters.get(i).name())
                    .isCloseTo(-WEIGHT * slope, within(2e-3 * Math.abs(slope) + 2e-5));
            moved += Math.abs(slope) > 1e-3 ? 1 : 0;
        }
        assertThat(moved).isGreaterThan(parameters.size() / 2);
    }

    private static double[] direction(int size, int stream) {
        RandomSource random = new RandomSource(23, 91, stream, 0);
        double[] direction = new double[size];
        for (int i = 0; i < size; i++) {
            direction[i] = random.nextInt(2) * 2 - 1;
        }
        return direction;
    }

    /** Central difference of the expected reward along a direction of one parameter. */
    private double slope(Parameter parameter, double[] rewards, int stream) {
        float step = 4e-3f;
        float[] values = read(parameter.value());
        double[] direction = direction(values.length, stream);
        double[] ends = new double[2];
        for (int end = 0; end < 2; end++) {
            float[] moved = values.clone();
            for (int k = 0; k < moved.length; k++) {
                moved[k] += (float) direction[k] * (end == 0 ? -step : step);
            }
            backend.upload(moved, 0, parameter.value());
            ends[end] = expectedReward(rewards);
        }
        backend.upload(values, 0, parameter.value());
        return (ends[1] - ends[0]) / (2 * step);
    }

    @Test
    void theBaselineLearnsWhatTheDiscriminatorGivesToTheTruth() {
        Parameter weight = model.parameters().parameter("generator_baseline.weight");
        Parameter bias = model.parameters().parameter("generator_baseline.bias");
        for (int token = 0; token < VOCABULARY; token++) {
            draw(token);
            clearGradients.run();
            graph.program().forward();
            List<Variable> states = graph.generatorStates();
            float[] hidden = read(states.get(states.size() - 1).value());
            int width = (int) weight.value().size();
            float[] w = read(weight.value());
            double u = read(bias.value())[0];
            for (int k = 0; k < width; k++) {
                u += (double) w[k] * hidden[MASKED * width + k];
            }
            double truth = Math.exp(-reward(graph, token));
            double loss = truth * softplus(-u) + (1 - truth) * softplus(u);
            assertThat((double) read(graph.baselineLoss())[0]).isCloseTo(loss, within(1e-5));
            graph.program().backward();

            double du = WEIGHT * (1 / (1 + Math.exp(-u)) - truth);
            assertThat((double) read(bias.gradient())[0]).isCloseTo(du, within(1e-5));
            float[] gradient = read(weight.gradient());
            for (int k = 0; k < width; k++) {
                assertThat((double) gradient[k]).isCloseTo(du * hidden[MASKED * width + k], within(2e-5));
            }
        }
    }

    @Test
    void itsBaselineIsInNoModelFile() {
        for (String network : List.of(ElectraModel.GENERATOR, ElectraModel.DISCRIMINATOR)) {
            assertThat(model.stateDict(network).keySet()).noneMatch(name -> name.contains("baseline"));
        }
    }

    @Test
    void otherTemperaturesThanOneAreRefused() {
        PretrainingInputs inputs = new PretrainingInputs(backend, 1, LENGTH, 1, Objective.ELECTRA);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PretrainingGraph(
                        model,
                        inputs,
                        new LossOptions(1, 50, 0.5f, Sampler.MULTINOMIAL),
                        PretrainingGraph.Mode.TRAINING))
                .withMessage("an adversarial generator samples at temperature 1, got 0.5");
    }
}
