package org.jelectra.electra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.MainReference.Guess;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The step of every objective: its loss against plain arithmetic, its gradient against differences of its loss. */
class ObjectivesTest {

    private static final int VOCABULARY = 31;
    private static final int BATCH = 3;
    private static final int LENGTH = 11;
    private static final int SLOTS = 4;
    private static final int WIDTH = 20;

    private final Backend backend = CpuBackend.create(1);
    private final int[] ids = new int[BATCH * LENGTH];
    private final int[] mask = new int[BATCH * LENGTH];
    private final int[] rows = new int[BATCH * SLOTS];
    private final int[] labels = new int[BATCH * SLOTS];
    private final float[] weights = new float[BATCH * SLOTS];
    private final int[] judged = new int[BATCH * LENGTH];
    private ElectraModel model;
    private PretrainingGraph graph;

    @AfterEach
    void close() {
        backend.close();
    }

    /** Records a step without dropout; weights are the initial ones, those of matrices times a factor. */
    private void record(Objective objective, Sharing sharing, float factor) {
        EncoderConfig encoder = new EncoderConfig(VOCABULARY, 12, WIDTH, 2, 2, 36, 24, 2, 0, 0, 1e-12f, 0.02f);
        model = new ElectraModel(backend, ElectraConfig.of(encoder, 0.5, 1, sharing, objective), 5);
        for (Parameter parameter : model.parameters().parameters()) {
            if (!parameter.name().contains("LayerNorm")) {
                float[] values = read(parameter.value());
                for (int i = 0; i < values.length; i++) {
                    values[i] *= factor;
                }
                backend.upload(values, 0, parameter.value());
            }
        }
        PretrainingInputs inputs = new PretrainingInputs(backend, BATCH, LENGTH, SLOTS, objective);
        fill(inputs, objective);
        if (factor > 1) {
            guessRight();
        }
        graph = new PretrainingGraph(
                model, inputs, LossOptions.of(objective), PretrainingGraph.Mode.TRAINING, null, true);
    }

    /** Makes the first selected token the most probable one, so that a main network guesses some right. */
    private void guessRight() {
        for (Parameter parameter : model.parameters().parameters()) {
            if (parameter.name().equals("discriminator.generator_lm_head.bias")) {
                float[] bias = new float[VOCABULARY];
                bias[labels[0]] = 3;
                backend.upload(bias, 0, parameter.value());
            }
        }
    }

    private void fill(PretrainingInputs inputs, Objective objective) {
        Random random = new Random(3);
        int[] maskedIds = new int[ids.length];
        int masked = 0;
        for (int row = 0; row < BATCH; row++) {
            int from = row * LENGTH;
            int tokens = LENGTH - 2 * row;
            for (int i = 0; i < tokens; i++) {
                ids[from + i] = 5 + random.nextInt(VOCABULARY - 5);
                mask[from + i] = 1;
            }
            System.arraycopy(ids, from, maskedIds, from, LENGTH);
            for (int slot = 0; slot < SLOTS; slot++) {
                int i = row * SLOTS + slot;
                boolean used = slot < SLOTS - row;
                rows[i] = used ? from + 1 + 2 * slot : from;
                labels[i] = used ? ids[rows[i]] : 0;
                weights[i] = used ? 1 : 0;
                if (used) {
                    judged[rows[i]] = 1;
                    maskedIds[rows[i]] = 4;
                    masked++;
                }
            }
        }
        inputs.setTokens(ids, mask, new int[ids.length], maskedIds, 0);
        inputs.setMaskedRows(rows);
        inputs.setMaskedLabels(labels, weights, 0);
        if (objective == Objective.ELECTRA_15) {
            inputs.setJudged(judged);
        }
        inputs.setNormalizers(
                masked,
                objective == Objective.ELECTRA_15 ? masked : Arrays.stream(mask).sum());
        inputs.upload(19, 2, 0);
    }

    private float[] read(Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        backend.download(tensor, values, 0);
        return values;
    }

    private int[] readInts(Tensor tensor) {
        int[] values = new int[(int) tensor.size()];
        backend.download(tensor, values, 0);
        return values;
    }

    private double[] doubles(Tensor tensor) {
        float[] values = read(tensor);
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    /** What plain arithmetic makes of the hidden states at every position that the loss counts. */
    private List<Guess> reference(Objective objective, int[] corrupted) {
        MainReference reference = new MainReference(
                name -> doubles(model.parameters().parameter(name).value()));
        List<Variable> states = graph.mainStates();
        double[] hidden = doubles(states.get(states.size() - 1).value());
        List<Guess> guesses = new ArrayList<>();
        for (int at = 0; at < ids.length; at++) {
            boolean selectedAlone = objective == Objective.ELECTRA_15 || objective == Objective.REPLACE_MLM;
            if ((selectedAlone ? judged[at] : mask[at]) == 0) {
                continue;
            }
            double[] state = Arrays.copyOfRange(hidden, at * WIDTH, (at + 1) * WIDTH);
            guesses.add(
                    switch (objective) {
                        case ELECTRA, ELECTRA_15 -> reference.detect(state, corrupted[at] != ids[at]);
                        case REPLACE_MLM -> reference.predict(state, ids[at]);
                        case ALL_TOKENS_MLM -> reference.predictOrCopy(state, corrupted[at], ids[at]);
                        case MLM -> throw new IllegalArgumentException("mlm has no main network");
                    });
        }
        return guesses;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MLM")
    void theLossIsThatOfPlainArithmetic(Objective objective) {
        record(objective, Sharing.EMBEDDINGS, 6);
        graph.program().forward();

        int[] corrupted = readInts(graph.corrupted().ids());
        for (int at = 0; at < ids.length; at++) {
            assertThat(corrupted[at] == ids[at] || judged[at] == 1).isTrue();
        }
        List<Guess> guesses = reference(objective, corrupted);
        double mean = guesses.stream().mapToDouble(Guess::loss).average().orElseThrow();
        assertThat(read(graph.main().loss())[0]).isCloseTo((float) mean, within(2e-5f));
        long right = guesses.stream().filter(Guess::right).count();
        assertThat(right).isBetween(1L, guesses.size() - 1L);
        assertThat(rights(objective)).isEqualTo(right);
    }

    private double rights(Objective objective) {
        if (graph.main() instanceof MainResults.Detection detection) {
            float[] counts = read(detection.counts());
            return counts[0] + counts[2];
        }
        float[] correct = read(((MainResults.Prediction) graph.main()).correct());
        double rights = 0;
        for (int i = 0; i < correct.length; i++) {
            rights += correct[i] * (objective == Objective.REPLACE_MLM ? weights[i] : mask[i]);
        }
        return rights;
    }

    /** New networks know nothing: all tokens are about equally probable, and a gate copies in about half of the cases. */
    @Test
    void newNetworksKnowNothing() {
        double anyToken = Math.log(VOCABULARY);
        record(Objective.ELECTRA_15, Sharing.EMBEDDINGS, 1);
        graph.program().forward();
        assertThat(read(graph.main().loss())[0]).isCloseTo((float) Math.log(2), within(0.1f));
        record(Objective.REPLACE_MLM, Sharing.EMBEDDINGS, 1);
        graph.program().forward();
        assertThat(read(graph.main().loss())[0]).isCloseTo((float) anyToken, within(0.1f));
        assertThat(read(graph.generatorLoss())[0]).isCloseTo((float) anyToken, within(0.1f));
        record(Objective.ALL_TOKENS_MLM, Sharing.EMBEDDINGS, 1);
        graph.program().forward();
        double replaced = Arrays.stream(readInts(graph.corrupted().replaced())).sum();
        double share = replaced / Arrays.stream(mask).sum();
        double copied = -Math.log(0.5 + 0.5 / VOCABULARY);
        double expected = (1 - share) * copied + share * (anyToken + Math.log(2));
        assertThat(read(graph.main().loss())[0]).isCloseTo((float) expected, within(0.35f));
    }

    /**
     * Along the gradient of each parameter, the loss changes by the gradient's norm. What was sampled must stay the same: the
     * gradient does not pass it.
     */
    @ParameterizedTest
    @CsvSource({
        "ELECTRA, EMBEDDINGS",
        "ELECTRA_15, EMBEDDINGS",
        "REPLACE_MLM, EMBEDDINGS",
        "REPLACE_MLM, NONE",
        "REPLACE_MLM, ALL",
        "ALL_TOKENS_MLM, EMBEDDINGS",
        "ALL_TOKENS_MLM, NONE",
        "MLM, EMBEDDINGS"
    })
    void theGradientIsThatOfTheLoss(Objective objective, Sharing sharing) {
        record(objective, sharing, 6);
        Operation clear = backend.fill(model.parameters().gradients(), 0);
        clear.run();
        graph.program().forward();
        graph.program().backward();
        int[] sampled = readInts(graph.sampled());
        for (Parameter parameter : model.parameters().parameters()) {
            float[] gradient = read(parameter.gradient());
            double norm = norm(gradient);
            float[] values = read(parameter.value());
            double step = Math.min(1e-3, 2e-2 / Math.max(norm, 1e-9));
            double difference = lossAt(parameter, values, gradient, step / Math.max(norm, 1e-9), sampled)
                    - lossAt(parameter, values, gradient, -step / Math.max(norm, 1e-9), sampled);
            backend.upload(values, 0, parameter.value());
            // float32 losses up to 50 x 0.7 are rounded by about 2e-6
            assertThat(difference / (2 * step)).as(parameter.name()).isCloseTo(norm, within(4e-3 + 5e-3 * norm));
        }
    }

    private double lossAt(Parameter parameter, float[] values, float[] direction, double factor, int[] sampled) {
        float[] moved = new float[values.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = (float) (values[i] + factor * direction[i]);
        }
        backend.upload(moved, 0, parameter.value());
        graph.program().forward();
        assertThat(readInts(graph.sampled())).as("samples").isEqualTo(sampled);
        LossOptions options = LossOptions.of(model.config().objective());
        double loss = options.generatorWeight() * read(graph.generatorLoss())[0];
        return graph.main() == null
                ? loss
                : loss + options.discriminatorWeight() * read(graph.main().loss())[0];
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    @Test
    void onlyElectra15IsJudgedByChosenTokens() {
        PretrainingInputs inputs = new PretrainingInputs(backend, BATCH, LENGTH, SLOTS, Objective.ELECTRA);
        assertThatIllegalStateException()
                .isThrownBy(() -> inputs.setJudged(judged))
                .withMessage("with electra every token counts, expected electra-15");
    }

    @Test
    void weightsOfTheMainLoss() {
        assertThat(LossOptions.of(Objective.ELECTRA).discriminatorWeight()).isEqualTo(50);
        assertThat(LossOptions.of(Objective.ELECTRA_15).discriminatorWeight()).isEqualTo(50);
        assertThat(LossOptions.of(Objective.REPLACE_MLM).discriminatorWeight()).isEqualTo(1);
        assertThat(LossOptions.of(Objective.ALL_TOKENS_MLM).discriminatorWeight())
                .isEqualTo(1);
    }
}
