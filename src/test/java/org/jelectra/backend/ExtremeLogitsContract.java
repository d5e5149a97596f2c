package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Rows of logits as large as numbers can be, rows that have no softmax, and labels that are no words. */
interface ExtremeLogitsContract extends Contract {

    /** One thread's, one warp's, and those of blocks of both sizes. */
    int[] EXTREME_WORDS = {3, 54, 257, 3000};

    @Test
    default void theLowestNumberIsALogitLikeOthers() {
        double lowest = bench().stored(-Float.MAX_VALUE);
        for (int words : EXTREME_WORDS) {
            bench().trial("lowest number", words);
            int middle = words / 2;
            double[] logits = new double[5 * words];
            Arrays.fill(logits, Double.NEGATIVE_INFINITY);
            Arrays.fill(logits, 0, 2 * words, lowest);
            for (int row : new int[] {2, 3}) {
                logits[row * words + middle] = lowest;
                logits[(row + 1) * words - 1] = lowest;
            }
            Arrays.fill(logits, 4 * words, 5 * words, lowest);
            logits[4 * words + middle] = -lowest;
            int[] labels = {0, words - 1, middle, words - 1, middle};
            double[] best = {1, 0, 1, 0, 1};

            CrossEntropyOperands operands = operands(logits, labels, 1, 1, 1, 1, 1);
            on().crossEntropy(operands, null).run();
            assertThat(bench().read(operands.correct())).containsExactly(best);
            assertThat(bench().read(operands.logSumExp())).containsExactly(lowest, lowest, lowest, lowest, -lowest);
            double loss = 2 * Math.log(words) + 2 * Math.log(2);
            assertThat(bench().read(operands.loss())[0]).isCloseTo(loss, within(1e-6 * loss));

            // nobody copies
            CopyCrossEntropyOperands copying = copying(operands, -1000, new int[5], labels, 1, 1, 1, 1, 1);
            on().copyCrossEntropy(copying).run();
            assertThat(bench().read(copying.correct())).containsExactly(best);
            assertThat(bench().read(copying.loss())[0]).isCloseTo(loss, within(1e-6 * loss));

            Tensor sampled = bench().integerOutput("sampled", 5);
            on().sampleMultinomial(operands.logits(), new MultinomialDraw(1, bench().randomness(source()), sampled))
                    .run();
            int[] tokens = bench().readIntegers(sampled);
            assertThat(tokens[2]).isIn(middle, words - 1);
            assertThat(tokens[3]).isIn(middle, words - 1);
            assertThat(tokens[4]).isEqualTo(middle);
        }
    }

    @Test
    default void rowsWithoutASoftmaxAreNotNumbers() {
        for (int words : EXTREME_WORDS) {
            bench().trial("no softmax", words);
            int middle = words / 2;
            double[] logits = bench().uniform(4 * words, -3, 3);
            logits[middle] = Double.NaN;
            logits[words + middle] = Double.POSITIVE_INFINITY;
            Arrays.fill(logits, 2 * words, 3 * words, Double.NEGATIVE_INFINITY);
            logits[3 * words + middle] = 4;
            int[] labels = {ReferenceLosses.argMax(logits, 0, words), middle, 0, middle};

            CrossEntropyOperands operands = operands(logits, labels, 1, 1, 1, 1);
            Tensor sampled = bench().integerOutput("sampled", 4);
            on().crossEntropy(operands, new MultinomialDraw(1, bench().randomness(source()), sampled))
                    .run();
            assertThat(bench().read(operands.correct())).containsExactly(0, 0, 0, 1);
            double[] logSumExp = bench().read(operands.logSumExp());
            assertThat(Arrays.copyOf(logSumExp, 3)).containsOnly(Double.NaN);
            assertThat(logSumExp[3]).isFinite();
            assertThat(bench().read(operands.loss())).containsExactly(Double.NaN);
            int[] tokens = bench().readIntegers(sampled);
            assertThat(Arrays.copyOf(tokens, 3)).containsOnly(0);
            assertThat(tokens[3]).isBetween(0, words - 1);

            // whether the label's token is to be copied, or is no word
            for (int[] copied : new int[][] {new int[4], labels, {words, words, words, 0}}) {
                CopyCrossEntropyOperands copying = copying(
                        operands(logits, labels, 1, 1, 1, 1),
                        1,
                        copied,
                        copied[0] == words ? copied : labels,
                        1,
                        1,
                        1,
                        0);
                Operation whole = on().copyCrossEntropyWithGradient(copying, 1, bench().output("dGate", 4));
                if (copied[0] == words && on().name().equals("cpu")) {
                    assertRefused(whole, "cross-entropy with copying", words, words, 4);
                    continue;
                }
                whole.run();
                assertThat(Arrays.copyOf(bench().read(copying.correct()), 3)).containsOnly(0);
                assertThat(bench().read(copying.loss())).containsExactly(Double.NaN);
            }

            CrossEntropyOperands weighed = operands(logits, labels, 0, 0, 0, 1);
            on().crossEntropy(weighed, null).run();
            assertThat(bench().read(weighed.loss())[0])
                    .as("loss of the row that has a softmax")
                    .isCloseTo(logSumExp[3] - 4, within(1e-5));
        }
    }

    /** No column is an error on the CPU. A column of no word is alike everywhere. */
    @Test
    default void theLossOfALabelThatIsNoWordIsInfinite() {
        for (int words : EXTREME_WORDS) {
            // the first of two columns of no word, the first and the last number that is no column
            for (int label : new int[] {words, words + 2, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                bench().trial("label", label, words);
                double[] logits = Reference.widened(
                        bench().uniform(3 * words, -3, 3), words, words + 2, Double.NEGATIVE_INFINITY);
                int[] labels = {0, label, words - 1};
                boolean refused = label != words && on().name().equals("cpu");
                CrossEntropyOperands operands = operands(logits, labels, 1, 1, 1);
                Operation whole = on().crossEntropyWithGradient(operands, null, 1);
                if (refused) {
                    assertRefused(whole, "cross-entropy", label, words + 2, 3);
                } else {
                    whole.run();
                    assertThat(bench().read(operands.loss())).containsExactly(Double.POSITIVE_INFINITY);
                    assertThat(bench().read(operands.correct())[1]).isZero();
                    assertFinite(operands.logits(), "gradient");
                }
                CrossEntropyOperands weighed = operands(logits, labels, 1, 0, 1);
                on().crossEntropyWithGradient(weighed, null, 1).run();
                assertThat(bench().read(weighed.loss())[0]).as("weight 0").isFinite();

                for (double gate : new double[] {-3, 3}) {
                    for (int copied : new int[] {0, label}) {
                        int[] copies = {0, copied, 1};
                        copyLabel(logits, gate, copies, labels, refused);
                    }
                }
            }
        }
    }

    private void assertRefused(Operation operation, String loss, int label, int columns, int rows) {
        assertThatThrownBy(operation::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(loss + ": label must be in [0, " + columns + "), got " + label + " in labels[" + rows
                        + "]:INT32");
    }

    private void copyLabel(double[] logits, double gate, int[] copied, int[] labels, boolean refused) {
        for (int mask : new int[] {0, 1}) {
            CopyCrossEntropyOperands copying =
                    copying(operands(logits, labels, 1, 1, 1), gate, copied, labels, 1, mask, 1);
            Tensor dGate = bench().output("dGate", labels.length);
            Operation whole = on().copyCrossEntropyWithGradient(copying, 1, dGate);
            if (refused && mask == 1) {
                assertRefused(whole, "cross-entropy with copying", labels[1], logits.length / 3, 3);
                continue;
            }
            whole.run();
            assertThat(Double.isInfinite(bench().read(copying.loss())[0]))
                    .as(bench().context("infinite loss where the row counts: " + mask + ", copying " + copied[1]))
                    .isEqualTo(mask == 1);
            assertFinite(copying.logits(), "gradient");
            assertFinite(dGate, "gate's gradient");
        }
    }

    private void assertFinite(Tensor tensor, String what) {
        assertThat(Arrays.stream(bench().read(tensor)).allMatch(Double::isFinite))
                .as(bench().context(what + " is finite"))
                .isTrue();
    }

    private CrossEntropyOperands operands(double[] logits, int[] labels, double... weights) {
        int rows = labels.length;
        return new CrossEntropyOperands(
                bench().variable("logits", logits, rows, logits.length / rows),
                bench().input("labels", labels, rows),
                bench().input("weights", weights, rows),
                bench().number("normalizer", 1),
                bench().output("logSumExp", rows),
                bench().output("correct", rows),
                bench().output("loss", 1));
    }

    /** The same logits, with one gate for all rows. */
    private CopyCrossEntropyOperands copying(
            CrossEntropyOperands operands, double gate, int[] copied, int[] labels, int... mask) {
        int rows = labels.length;
        double[] gates = new double[rows];
        Arrays.fill(gates, gate);
        return new CopyCrossEntropyOperands(
                operands.logits(),
                bench().input("gate", gates, rows),
                bench().input("copied", copied, rows),
                bench().input("labels", labels, rows),
                bench().input("mask", mask, rows),
                operands.normalizer(),
                bench().output("logSumExp", rows),
                bench().output("correct", rows),
                bench().output("loss", 1));
    }
}
