package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Losses of logits that have columns of minus infinity behind those of the words: as of the words alone, with gradients of 0 there. */
interface WideLogitsContract extends Contract {

    /** Words and columns. */
    int[][] LOGITS = {{1, 2}, {7, 64}, {54, 64}, {257, 300}, {1000, 1088}, {30_522, 30_528}};

    @Test
    default void crossEntropyIsThatOfTheWords() {
        for (int[] size : LOGITS) {
            Rows rows = new Rows(bench(), "crossEntropy", size);
            Tensor[] gradients = new Tensor[2];
            List<List<Tensor>> results = rows.of((logits, i) -> {
                CrossEntropyOperands operands = new CrossEntropyOperands(
                        logits,
                        rows.labels,
                        rows.weights,
                        rows.normalizer,
                        bench().output("logSumExp", rows.count),
                        bench().output("correct", rows.count),
                        bench().output("loss", 1));
                on().crossEntropyWithGradient(operands, null, 1.5f).run();
                gradients[i] = logits;
                return List.of(operands.logSumExp(), operands.correct(), operands.loss());
            });
            rows.assertSame(results, gradients);
        }
    }

    @Test
    default void copyCrossEntropyIsThatOfTheWords() {
        for (int[] size : LOGITS) {
            Rows rows = new Rows(bench(), "copyCrossEntropy", size);
            Tensor gate = bench().input("gate", bench().normal(rows.count), rows.count, 1);
            Tensor mask = bench().input("mask", new int[] {1, 0, 1, 1, 1}, rows.count);
            Tensor[] gradients = new Tensor[2];
            List<List<Tensor>> results = rows.of((logits, i) -> {
                CopyCrossEntropyOperands operands = new CopyCrossEntropyOperands(
                        logits,
                        gate,
                        rows.others,
                        rows.labels,
                        mask,
                        rows.normalizer,
                        bench().output("logSumExp", rows.count),
                        bench().output("correct", rows.count),
                        bench().output("loss", 1));
                Tensor dGate = bench().output("dGate", rows.count, 1);
                on().copyCrossEntropyWithGradient(operands, 1.5f, dGate).run();
                gradients[i] = logits;
                return List.of(operands.logSumExp(), operands.correct(), operands.loss(), dGate);
            });
            rows.assertSame(results, gradients);
        }
    }

    @Test
    default void policyGradientIsThatOfTheWords() {
        for (int[] size : LOGITS) {
            Rows rows = new Rows(bench(), "policyGradient", size);
            double[] logSumExp = ReferenceLosses.logSumExp(rows.logits, rows.words);
            Tensor inputLogSumExp = bench().input("logSumExp", logSumExp, rows.count);
            Tensor places = bench().input("rows", new int[] {0, 2, 3, 5, 6}, rows.count);
            Tensor decisions = bench().input("discriminatorLogits", bench().normal(7), 7, 1);
            Tensor baseline = bench().input("baseline", bench().normal(rows.count), rows.count, 1);
            Tensor[] gradients = new Tensor[2];
            List<List<Tensor>> results = rows.of((logits, i) -> {
                PolicyGradientOperands operands = new PolicyGradientOperands(
                        logits,
                        inputLogSumExp,
                        rows.others,
                        rows.labels,
                        rows.weights,
                        rows.normalizer,
                        places,
                        decisions,
                        baseline,
                        bench().output("reward", 1),
                        bench().output("baselineLoss", 1));
                Tensor dBaseline = bench().output("dBaseline", rows.count, 1);
                on().policyGradient(operands, 1.5f, dBaseline).run();
                gradients[i] = logits;
                return List.of(operands.reward(), operands.baselineLoss(), dBaseline);
            });
            rows.assertSame(results, gradients);
        }
    }

    /** A loss of logits, which its gradient takes the place of: of the words alone, or with more columns. */
    interface Loss {
        List<Tensor> of(Tensor logits, int turn);
    }

    /** Five rows of logits of that many words, one of which has no weight. */
    final class Rows {
        private final Workbench bench;
        private final int count = 5;
        private final int words;
        private final int width;
        private final double[] logits;
        private final Tensor labels;
        private final Tensor others;
        private final Tensor weights;
        private final Tensor normalizer;

        Rows(Workbench bench, String name, int... size) {
            this.bench = bench;
            words = size[0];
            width = size[1];
            bench.trial("wide " + name, words, width);
            logits = bench.uniform(count * words, -3, 3);
            labels = bench.input("labels", bench.integers(count, words), count);
            others = bench.input("others", bench.integers(count, words), count);
            double[] numbers = bench.uniform(count, 0.5, 1.5);
            numbers[1] = 0;
            weights = bench.input("weights", numbers, count);
            normalizer = bench.number("normalizer", count - 0.75);
        }

        /** What the loss writes beside the gradients, first of the words, then of the wide rows. */
        List<List<Tensor>> of(Loss loss) {
            double[] wide = Reference.widened(logits, words, width, Double.NEGATIVE_INFINITY);
            return List.of(
                    loss.of(bench.variable("logits", logits, count, words), 0),
                    loss.of(bench.variable("logits and more", wide, count, width), 1));
        }

        void assertSame(List<List<Tensor>> results, Tensor... gradients) {
            for (int i = 0; i < results.get(0).size(); i++) {
                assertClose(
                        results.get(1).get(i),
                        bench.read(results.get(1).get(i)),
                        bench.read(results.get(0).get(i)));
            }
            double[] gradient = bench.read(gradients[1]);
            assertClose(gradients[1], Reference.narrowed(gradient, width, words), bench.read(gradients[0]));
            for (int r = 0; r < count; r++) {
                assertThat(Arrays.stream(gradient, r * width + words, (r + 1) * width))
                        .as(bench.context("gradient of no word"))
                        .allMatch(d -> d == 0);
            }
        }

        /** Up to another order of additions. */
        private void assertClose(Tensor what, double[] got, double[] expected) {
            assertThat(got).as(bench.context(what)).hasSameSizeAs(expected);
            for (int i = 0; i < expected.length; i++) {
                double size = Math.abs(expected[i]);
                assertThat(got[i])
                        .as(bench.context(what) + " element " + i)
                        .isCloseTo(expected[i], within(2e-6 * (1 + size) + 2 * bench.rounding() * size));
            }
        }
    }
}
