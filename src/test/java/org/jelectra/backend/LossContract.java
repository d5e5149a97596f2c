package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.Function;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The two losses, what is counted beside them, and their gradients. */
interface LossContract extends Contract {

    int[] VOCABULARIES = {2, 54, 257, 1000};
    /** Rows of the real vocabulary, which begin and end within 16 bytes, and ones that no block has room for, in bf16 neither. */
    int[] LONG_VOCABULARIES = {30_522, 120_001};

    @Test
    default void crossEntropyEqualsReference() {
        for (int rows : ROWS) {
            for (int vocabulary : VOCABULARIES) {
                for (double spread : new double[] {0.1, 3, 400}) {
                    crossEntropy(rows, vocabulary, spread);
                }
            }
        }
        for (int vocabulary : LONG_VOCABULARIES) {
            crossEntropy(3, vocabulary, 3);
        }
        // more than the threads of the block that adds them up
        crossEntropy(1100, 2, 3);
    }

    @Test
    default void crossEntropyOfNoRowsIsZero() {
        bench().trial("crossEntropy", 0, 5);
        Tensor none = bench().variable("none", new double[0], 0);
        Tensor labels = bench().input("labels", new int[0], 0);
        Tensor loss = bench().output("loss", 1);
        on().crossEntropy(
                        new CrossEntropyOperands(
                                bench().input("logits", new double[0], 0, 5),
                                labels,
                                none,
                                bench().number("normalizer", 2),
                                none,
                                none,
                                loss),
                        null)
                .run();
        assertThat(bench().read(loss)).containsExactly(0);
    }

    private void crossEntropy(int rows, int vocabulary, double spread) {
        bench().trial("crossEntropy", rows, vocabulary, spread);
        double[] logits = bench().uniform(rows * vocabulary, -spread, spread);
        int[] labels = bench().integers(rows, vocabulary);
        double[] weights = bench().uniform(rows, 0.5, 1.5);
        if (rows > 1) {
            weights[1] = 0;
        }
        double normalizer = rows + 1.25;
        Tensor inputLabels = bench().input("labels", labels, rows);
        Tensor inputWeights = bench().input("weights", weights, rows);
        Tensor inputNormalizer = bench().number("normalizer", normalizer);
        Tensor logSumExp = bench().output("logSumExp", rows);
        Tensor correct = bench().output("correct", rows);
        Tensor loss = bench().output("loss", 1);
        on().crossEntropy(
                        new CrossEntropyOperands(
                                bench().input("logits", logits, rows, vocabulary),
                                inputLabels,
                                inputWeights,
                                inputNormalizer,
                                logSumExp,
                                correct,
                                loss),
                        null)
                .run();
        int terms = (int) Math.sqrt(vocabulary) + 8;
        bench().assertClose(logSumExp, ReferenceLosses.logSumExp(logits, vocabulary), terms);
        double expectedLoss = ReferenceLosses.crossEntropy(logits, labels, weights, normalizer);
        // each row's loss is at most 2 spread + log(vocabulary), and the normaliser is about the number of rows
        double largest = 1.5 * (2 * spread + Math.log(vocabulary));
        bench().assertClose(loss, new double[] {expectedLoss}, (int) Math.sqrt(rows) + terms, largest);
        double[] expectedCorrect = new double[rows];
        for (int r = 0; r < rows; r++) {
            expectedCorrect[r] = ReferenceLosses.argMax(logits, r, vocabulary) == labels[r] ? 1 : 0;
        }
        assertThat(bench().read(correct)).containsExactly(expectedCorrect);

        float scale = 1.5f;
        Tensor gradient = bench().variable("logits and gradient in place", logits, rows, vocabulary);
        on().crossEntropyBackward(
                        new CrossEntropyOperands(
                                gradient, inputLabels, inputWeights, inputNormalizer, logSumExp, null, null),
                        scale)
                .run();
        // a rounding of the log-sum-exp, relative to the logits, is a relative error of all probabilities
        bench().assertGradient(
                        gradient,
                        null,
                        v -> new double[] {ReferenceLosses.crossEntropy(v, labels, weights, normalizer)},
                        logits,
                        new double[] {scale},
                        terms + (int) (2 * spread),
                        1.5 * scale / normalizer);
        if (rows > 1) {
            assertThat(Arrays.copyOfRange(bench().read(gradient), vocabulary, 2 * vocabulary))
                    .as(bench().context("gradient of a row of weight 0"))
                    .containsOnly(0);
        }

        Tensor together = bench().variable("logits and gradient of one operation", logits, rows, vocabulary);
        Tensor sameLogSumExp = bench().output("logSumExp", rows);
        Tensor sameCorrect = bench().output("correct", rows);
        Tensor sameLoss = bench().output("loss", 1);
        on().crossEntropyWithGradient(
                        new CrossEntropyOperands(
                                together,
                                inputLabels,
                                inputWeights,
                                inputNormalizer,
                                sameLogSumExp,
                                sameCorrect,
                                sameLoss),
                        null,
                        scale)
                .run();
        bench().assertSameBits(together, bench().bits(gradient));
        bench().assertSameBits(sameLogSumExp, bench().bits(logSumExp));
        bench().assertSameBits(sameCorrect, bench().bits(correct));
        bench().assertSameBits(sameLoss, bench().bits(loss));
    }

    @Test
    default void correctTakesTheFirstOfEqualLogits() {
        for (int width : new int[] {2, 5, 17, 64, 257}) {
            bench().trial("equal logits", width);
            // the largest logit stands at columns r and width - 1 of row r
            int rows = width - 1;
            double[] logits = new double[rows * width];
            int[] labels = new int[rows];
            double[] expected = new double[rows];
            for (int r = 0; r < rows; r++) {
                logits[r * width + r] = 1;
                logits[r * width + width - 1] = 1;
                labels[r] = r % 2 == 0 ? r : width - 1;
                expected[r] = r % 2 == 0 ? 1 : 0;
            }
            double[] weights = new double[rows];
            Arrays.fill(weights, 1);
            Tensor correct = bench().output("correct", rows);
            on().crossEntropy(
                            new CrossEntropyOperands(
                                    bench().input("logits", logits, rows, width),
                                    bench().input("labels", labels, rows),
                                    bench().input("weights", weights, rows),
                                    bench().number("normalizer", rows),
                                    bench().output("logSumExp", rows),
                                    correct,
                                    bench().output("loss", 1)),
                            null)
                    .run();
            assertThat(bench().read(correct)).containsExactly(expected);
        }
    }

    @Test
    default void sigmoidCrossEntropyEqualsReference() {
        for (int n : new int[] {1, 3, 7, 33, 129, 1000, 10_007}) {
            for (double spread : new double[] {1, 10, 100}) {
                for (boolean column : new boolean[] {false, true}) {
                    sigmoidCrossEntropy(n, spread, column);
                }
            }
        }
    }

    private void sigmoidCrossEntropy(int n, double spread, boolean column) {
        bench().trial("sigmoidCrossEntropy", n, spread, column);
        int[] shape = column ? new int[] {n, 1} : new int[] {n};
        double[] logits = bench().uniform(n, -spread, spread);
        logits[n / 2] = 0;
        int[] labels = bench().integers(n, 2);
        int[] mask = bench().integers(n, 2);
        mask[n / 2] = 1;
        double normalizer = n + 0.5;
        Tensor inputLabels = bench().input("labels", labels, n);
        Tensor inputMask = bench().input("mask", mask, n);
        Tensor inputNormalizer = bench().number("normalizer", normalizer);
        Function<Tensor, SigmoidCrossEntropyOperands> of = values -> new SigmoidCrossEntropyOperands(
                values,
                inputLabels,
                inputMask,
                inputNormalizer,
                bench().output("loss", 1),
                bench().output("counts", 4));
        float scale = 50;
        SigmoidCrossEntropyOperands both = of.apply(bench().input("logits", logits, shape));
        Tensor dLogits = bench().output("dLogits", shape);
        on().sigmoidCrossEntropy(both, scale, dLogits).run();
        double expected = ReferenceLosses.sigmoidCrossEntropy(logits, labels, mask, normalizer);
        bench().assertClose(both.loss(), new double[] {expected}, (int) Math.sqrt(n) + 4, spread);
        assertThat(bench().read(both.counts()))
                .as(bench().context("counts"))
                .containsExactly(ReferenceLosses.counts(logits, labels, mask));
        bench().assertGradient(
                        dLogits,
                        null,
                        v -> new double[] {ReferenceLosses.sigmoidCrossEntropy(v, labels, mask, normalizer)},
                        logits,
                        new double[] {scale},
                        4,
                        scale / normalizer);

        SigmoidCrossEntropyOperands loss = of.apply(both.logits());
        on().sigmoidCrossEntropy(loss, scale, null).run();
        bench().assertSameBits(loss.loss(), bench().bits(both.loss()));
        bench().assertSameBits(loss.counts(), bench().bits(both.counts()));
        SigmoidCrossEntropyOperands inPlace = of.apply(bench().variable("logits and dLogits", logits, shape));
        on().sigmoidCrossEntropy(inPlace, scale, inPlace.logits()).run();
        bench().assertSameBits(inPlace.logits(), bench().bits(dLogits));
        bench().assertSameBits(inPlace.loss(), bench().bits(both.loss()));
        bench().assertSameBits(inPlace.counts(), bench().bits(both.counts()));
    }
}
