package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Replacement tokens. */
interface SamplingContract extends Contract {

    @Test
    default void multinomialInvertsTheCumulativeDistribution() {
        for (float temperature : new float[] {1, 0.5f, 2.5f}) {
            for (int rows : ROWS) {
                for (int vocabulary : LossContract.VOCABULARIES) {
                    multinomialInverts(rows, vocabulary, vocabulary, temperature);
                    multinomialInverts(rows, vocabulary, vocabulary + 63, temperature);
                }
            }
            for (int vocabulary : LossContract.LONG_VOCABULARIES) {
                multinomialInverts(7, vocabulary, vocabulary + 6, temperature);
            }
        }
    }

    /** Columns from {@code vocabulary} on are minus infinity. */
    private void multinomialInverts(int rows, int vocabulary, int width, float temperature) {
        bench().trial("sampleMultinomial", rows, vocabulary, width, temperature);
        // with temperature 0.5 the number of the block passes 2^32, into the next counter word, within the rows
        boolean carries = temperature == 0.5f && rows > 3;
        ReferenceRandom source = source().inMicroBatch(carries ? (int) ((1L << 32) / rows) : 7);
        double[] logits = bench().normal(rows * vocabulary);
        Tensor sampled = bench().integerOutput("sampled", rows);
        double[] wide = Reference.widened(logits, vocabulary, width, Double.NEGATIVE_INFINITY);
        on().sampleMultinomial(
                        bench().input("logits", wide, rows, width),
                        new MultinomialDraw(temperature, bench().randomness(source), sampled))
                .run();
        assertInverts(logits, vocabulary, temperature, source.rowUniforms(rows), sampled);
    }

    /** The uniform number lies in the chosen token's part of [0, 1], up to the rounding of the cumulative sums. */
    private void assertInverts(double[] logits, int vocabulary, double temperature, double[] uniforms, Tensor sampled) {
        int[] tokens = bench().readIntegers(sampled);
        double rounding = 0x1p-22 * (Math.sqrt(vocabulary) + 4);
        for (int r = 0; r < tokens.length; r++) {
            assertThat(tokens[r]).as(bench().context("token of row " + r)).isBetween(0, vocabulary - 1);
            double[] distribution = ReferenceLosses.distribution(logits, r, vocabulary, temperature);
            double below = Arrays.stream(distribution).limit(tokens[r]).sum();
            double above = below + distribution[tokens[r]];
            assertThat(uniforms[r])
                    .as(bench().context("token " + tokens[r] + " of row " + r))
                    .isBetween(below - rounding, above + rounding);
        }
    }

    @Test
    default void crossEntropyWithADrawEqualsTheTwoOperations() {
        for (int vocabulary : LossContract.VOCABULARIES) {
            for (float temperature : new float[] {1, 0.5f}) {
                crossEntropyAndDraw(7, vocabulary, temperature);
            }
        }
        for (int vocabulary : LossContract.LONG_VOCABULARIES) {
            crossEntropyAndDraw(3, vocabulary, 1);
        }
    }

    private void crossEntropyAndDraw(int rows, int vocabulary, float temperature) {
        bench().trial("crossEntropy with a draw", rows, vocabulary, temperature);
        double[] weights = bench().uniform(rows, 0.5, 1.5);
        weights[1] = 0;
        double[] values = bench().normal(rows * vocabulary);
        Tensor logits = bench().input("logits", values, rows, vocabulary);
        Tensor labels = bench().input("labels", bench().integers(rows, vocabulary), rows);
        Tensor rowWeights = bench().input("weights", weights, rows);
        Tensor normalizer = bench().number("normalizer", rows - 0.5);
        Randomness randomness = bench().randomness(source().inMicroBatch(2));
        List<Tensor> together = crossEntropyOutputs(rows);
        on().crossEntropy(
                        new CrossEntropyOperands(
                                logits,
                                labels,
                                rowWeights,
                                normalizer,
                                together.get(0),
                                together.get(1),
                                together.get(2)),
                        new MultinomialDraw(temperature, randomness, together.get(3)))
                .run();
        List<Tensor> apart = crossEntropyOutputs(rows);
        on().crossEntropy(
                        new CrossEntropyOperands(
                                logits, labels, rowWeights, normalizer, apart.get(0), apart.get(1), apart.get(2)),
                        null)
                .run();
        on().sampleMultinomial(logits, new MultinomialDraw(temperature, randomness, apart.get(3)))
                .run();
        assertSame(together, apart);

        List<Tensor> withGradient = crossEntropyOutputs(rows);
        Tensor gradient = bench().variable("logits and gradient in place", values, rows, vocabulary);
        on().crossEntropyWithGradient(
                        new CrossEntropyOperands(
                                gradient,
                                labels,
                                rowWeights,
                                normalizer,
                                withGradient.get(0),
                                withGradient.get(1),
                                withGradient.get(2)),
                        new MultinomialDraw(temperature, randomness, withGradient.get(3)),
                        1.5f)
                .run();
        assertSame(withGradient, apart);
        Tensor expected = bench().variable("logits and expected gradient", values, rows, vocabulary);
        on().crossEntropyBackward(
                        new CrossEntropyOperands(expected, labels, rowWeights, normalizer, apart.get(0), null, null),
                        1.5f)
                .run();
        bench().assertSameBits(gradient, bench().bits(expected));
    }

    private void assertSame(List<Tensor> actual, List<Tensor> expected) {
        for (int i = 0; i < actual.size(); i++) {
            bench().assertSameBits(actual.get(i), bench().bits(expected.get(i)));
        }
    }

    private List<Tensor> crossEntropyOutputs(int rows) {
        return List.of(
                bench().output("logSumExp", rows),
                bench().output("correct", rows),
                bench().output("loss", 1),
                bench().integerOutput("sampled", rows));
    }

    @Test
    default void multinomialFollowsTheDistributionOverTheSteps() {
        assertFollowsDistribution(
                "multinomial",
                (s) -> on().sampleMultinomial(s.logits, new MultinomialDraw(s.temperature, s.randomness, s.sampled)));
    }

    @Test
    default void gumbelFollowsTheDistributionOverTheSteps() {
        assertFollowsDistribution(
                "Gumbel", (s) -> on().sampleGumbel(s.logits, s.temperature, null, s.randomness, s.sampled));
    }

    /** Operands of one sampler. */
    record Sampler(Tensor logits, float temperature, Randomness randomness, Tensor sampled) {}

    private void assertFollowsDistribution(String name, Function<Sampler, Operation> prepare) {
        bench().trial("distribution of", name);
        int rows = 33;
        int steps = 600;
        int vocabulary = 17;
        double[] row = bench().normal(vocabulary);
        double[] logits = new double[rows * vocabulary];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = row[i % vocabulary];
        }
        Tensor clock = bench().integerOutput("clock", 4);
        Tensor sampled = bench().integerOutput("sampled", rows);
        float temperature = 1.5f;
        Operation operation = prepare.apply(new Sampler(
                bench().input("logits", logits, rows, vocabulary), temperature, new Randomness(clock, 6), sampled));
        double[] drawn = new double[vocabulary];
        for (int step = 0; step < steps; step++) {
            on().upload(source().atStep(step).clock(), 0, clock);
            operation.run();
            for (int token : bench().readIntegers(sampled)) {
                drawn[token]++;
            }
        }
        double[] distribution = ReferenceLosses.distribution(logits, 0, vocabulary, temperature);
        double chiSquared = 0;
        for (int v = 0; v < vocabulary; v++) {
            double expected = rows * steps * distribution[v];
            chiSquared += (drawn[v] - expected) * (drawn[v] - expected) / expected;
        }
        // chi-squared with k degrees of freedom has mean k and variance 2k
        double freedom = vocabulary - 1;
        assertThat(chiSquared).as(bench().context("chi-squared")).isBetween(1.0, freedom + 5 * Math.sqrt(2 * freedom));
    }

    @Test
    default void gumbelTakesTheBestScore() {
        for (float temperature : new float[] {1, 0.5f}) {
            for (int rows : ROWS) {
                for (int vocabulary : LossContract.VOCABULARIES) {
                    gumbelTakesTheBest(rows, vocabulary, temperature);
                }
            }
            for (int vocabulary : LossContract.LONG_VOCABULARIES) {
                gumbelTakesTheBest(3, vocabulary, temperature);
            }
        }
    }

    private void gumbelTakesTheBest(int rows, int vocabulary, float temperature) {
        bench().trial("sampleGumbel", rows, vocabulary, temperature);
        int n = rows * vocabulary;
        // with temperature 0.5 the number of the block passes 2^32, into the next counter word, within the rows
        boolean carries = temperature == 0.5f && n > 8;
        ReferenceRandom source = source().inMicroBatch(carries ? (int) ((1L << 34) / n) : 3);
        double[] logits = bench().normal(n);
        Tensor inputLogits = bench().input("logits", logits, rows, vocabulary);
        Tensor sampled = bench().integerOutput("sampled", rows);
        on().sampleGumbel(inputLogits, temperature, null, bench().randomness(source), sampled)
                .run();
        assertBestScore(logits, vocabulary, temperature, source.elementUniforms(n), sampled);

        // rounded to bf16, a number nearer to 1 than this could become 1
        double largest = on().valueType() == DType.BFLOAT16 ? 1 - 0x1p-8 : 1 - 1e-6;
        double[] uniforms = bench().uniform(n, 1e-6, largest);
        Tensor given = bench().input("uniforms", uniforms, rows, vocabulary);
        on().sampleGumbel(inputLogits, temperature, given, null, sampled).run();
        assertBestScore(logits, vocabulary, temperature, uniforms, sampled);
    }

    /** Few of a row's numbers lie behind the carry, and only the best score shows: hence many seeds. */
    @Test
    default void gumbelNoiseCarriesIntoTheNextCounterWord() {
        int rows = 3;
        int vocabulary = 257;
        int n = rows * vocabulary;
        for (int seed = 0; seed < 64; seed++) {
            bench().trial("carry of sampleGumbel", seed);
            ReferenceRandom source = new ReferenceRandom(seed, 6, 1, (int) ((1L << 34) / n));
            double[] logits = bench().uniform(n, -0.5, 0.5);
            Tensor sampled = bench().integerOutput("sampled", rows);
            Tensor inputLogits = bench().input("logits", logits, rows, vocabulary);
            on().sampleGumbel(inputLogits, 1, null, bench().randomness(source), sampled)
                    .run();
            assertBestScore(logits, vocabulary, 1, source.elementUniforms(n), sampled);
        }
    }

    /** No token beats the chosen one by more than rounding explains. */
    private void assertBestScore(
            double[] logits, int vocabulary, double temperature, double[] uniforms, Tensor sampled) {
        int[] tokens = bench().readIntegers(sampled);
        for (int r = 0; r < tokens.length; r++) {
            assertThat(tokens[r]).as(bench().context("token of row " + r)).isBetween(0, vocabulary - 1);
            int chosen = r * vocabulary + tokens[r];
            double score = ReferenceLosses.gumbelScore(logits[chosen], temperature, uniforms[chosen]);
            for (int v = 0; v < vocabulary; v++) {
                int i = r * vocabulary + v;
                double lead = ReferenceLosses.gumbelScore(logits[i], temperature, uniforms[i]) - score;
                if (!(lead <= gumbelRounding(uniforms[i]) + gumbelRounding(uniforms[chosen]))) {
                    fail(bench().context(
                                    "row " + r + ": token " + v + " beats the chosen " + tokens[r] + " by " + lead));
                }
            }
        }
    }

    /** Near 1 the 1e-9 within the logarithm is lost in a float32 sum: a relative error of 1e-9/(1 - u) of {@code -log(u)}. */
    private double gumbelRounding(double uniform) {
        return 4e-6 + 2e-9 / (1 - uniform);
    }

    @Test
    default void samplingInHalvesDrawsWhatTheWholeBatchDraws() {
        int half = 7;
        int vocabulary = 257;
        bench().trial("sampling of halves");
        double[] logits = bench().normal(2 * half * vocabulary);
        for (boolean gumbel : new boolean[] {false, true}) {
            int[] whole = sampled(logits, vocabulary, 0, gumbel);
            int[] first = sampled(Arrays.copyOfRange(logits, 0, half * vocabulary), vocabulary, 0, gumbel);
            int[] second = sampled(
                    Arrays.copyOfRange(logits, half * vocabulary, 2 * half * vocabulary), vocabulary, 1, gumbel);
            assertThat(Arrays.copyOfRange(whole, 0, half)).containsExactly(first);
            assertThat(Arrays.copyOfRange(whole, half, 2 * half)).containsExactly(second);
        }
    }

    private int[] sampled(double[] logits, int vocabulary, int microBatch, boolean gumbel) {
        int rows = logits.length / vocabulary;
        Tensor input = bench().input("logits", logits, rows, vocabulary);
        Tensor sampled = bench().integerOutput("sampled", rows);
        Randomness randomness = bench().randomness(source().inMicroBatch(microBatch));
        Operation operation = gumbel
                ? on().sampleGumbel(input, 1, null, randomness, sampled)
                : on().sampleMultinomial(input, new MultinomialDraw(1, randomness, sampled));
        operation.run();
        return bench().readIntegers(sampled);
    }

    @Test
    default void replaceTokensWritesUsedSlotsOnly() {
        bench().trial("replaceTokens");
        int[] ids = {2, 10, 11, 12, 13, 3, 2, 20, 21, 3};
        int[] rows = {3, 1, 0, 8, 0, 7};
        double[] weights = {1, 1, 0, 0.5, 0, 1};
        // slot 1 draws the original again; slots 2 and 4 are unused
        int[] sampled = {99, 10, 98, 97, 96, 95};
        Tensor corrupted = bench().integerOutput("corrupted", ids.length);
        Tensor labels = bench().integerOutput("labels", ids.length);
        on().replaceTokens(
                        bench().input("ids", ids, ids.length),
                        bench().input("rows", rows, rows.length),
                        bench().input("weights", weights, rows.length),
                        bench().input("sampled", sampled, rows.length),
                        corrupted,
                        labels)
                .run();
        assertThat(bench().readIntegers(corrupted)).containsExactly(2, 10, 11, 99, 13, 3, 2, 95, 97, 3);
        assertThat(bench().readIntegers(labels)).containsExactly(0, 0, 0, 1, 0, 0, 0, 1, 1, 0);
    }

    @Test
    default void replaceTokensOfManyRows() {
        for (int tokens : new int[] {1, 7, 33, 1000}) {
            bench().trial("replaceTokens", tokens);
            int[] ids = bench().integers(tokens, 5);
            int count = (tokens + 2) / 3;
            int[] rows = new int[count];
            int[] sampled = bench().integers(count, 5);
            double[] weights = new double[count];
            int[] expected = ids.clone();
            for (int r = 0; r < count; r++) {
                rows[r] = r * 3;
                weights[r] = r % 4 == 3 ? 0 : 1;
                if (weights[r] > 0) {
                    expected[rows[r]] = sampled[r];
                }
            }
            int[] expectedLabels = new int[tokens];
            for (int i = 0; i < tokens; i++) {
                expectedLabels[i] = expected[i] == ids[i] ? 0 : 1;
            }
            Tensor corrupted = bench().integerOutput("corrupted", tokens);
            Tensor labels = bench().integerOutput("labels", tokens);
            on().replaceTokens(
                            bench().input("ids", ids, tokens),
                            bench().input("rows", rows, count),
                            bench().input("weights", weights, count),
                            bench().input("sampled", sampled, count),
                            corrupted,
                            labels)
                    .run();
            assertThat(bench().readIntegers(corrupted)).containsExactly(expected);
            assertThat(bench().readIntegers(labels)).containsExactly(expectedLabels);
        }
    }
}
