package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The masked-LM loss of rows that may copy a token, what is counted beside it, and its gradients. */
interface CopyCrossEntropyContract extends Contract {

    int[] COPY_VOCABULARIES = {1, 7, 54, 257, 1000};

    @Test
    default void copyCrossEntropyEqualsReference() {
        for (int rows : ROWS) {
            for (int vocabulary : COPY_VOCABULARIES) {
                copyCrossEntropy(rows, vocabulary, 0.1, 0.1);
                copyCrossEntropy(rows, vocabulary, 3, 5);
                copyCrossEntropy(rows, vocabulary, 400, 100);
            }
        }
        for (int vocabulary : LossContract.LONG_VOCABULARIES) {
            copyCrossEntropy(3, vocabulary, 3, 5);
        }
        copyCrossEntropy(1100, 2, 3, 5);
    }

    @Test
    default void copyCrossEntropyOfNoRowsIsZero() {
        bench().trial("copyCrossEntropy", 0, 5);
        Tensor none = bench().variable("none", new double[0], 0);
        Tensor noTokens = bench().input("tokens", new int[0], 0);
        Tensor noGate = bench().variable("gate", new double[0], 0, 1);
        CopyCrossEntropyOperands operands = new CopyCrossEntropyOperands(
                bench().variable("logits", new double[0], 0, 5),
                noGate,
                noTokens,
                noTokens,
                noTokens,
                bench().number("normalizer", 2),
                none,
                none,
                bench().output("loss", 1));
        on().copyCrossEntropyWithGradient(operands, 1, noGate).run();
        on().copyCrossEntropyBackward(operands, 1, noGate).run();
        assertThat(bench().read(operands.loss())).containsExactly(0);
    }

    private void copyCrossEntropy(int rows, int vocabulary, double spread, double gateSpread) {
        bench().trial("copyCrossEntropy", rows, vocabulary, spread, gateSpread);
        double[] logits = bench().uniform(rows * vocabulary, -spread, spread);
        double[] gate = bench().uniform(rows, -gateSpread, gateSpread);
        int[] labels = bench().integers(rows, vocabulary);
        int[] copied = bench().integers(rows, vocabulary);
        int[] mask = new int[rows];
        for (int r = 0; r < rows; r++) {
            mask[r] = r == 1 ? 0 : 1;
            copied[r] = r % 2 == 0 ? labels[r] : copied[r];
        }
        double normalizer = rows + 1.25;
        Tensor inputGate = bench().input("gate", gate, rows, 1);
        CopyCrossEntropyOperands operands = new CopyCrossEntropyOperands(
                bench().input("logits", logits, rows, vocabulary),
                inputGate,
                bench().input("copied", copied, rows),
                bench().input("labels", labels, rows),
                bench().input("mask", mask, rows),
                bench().number("normalizer", normalizer),
                bench().output("logSumExp", rows),
                bench().output("correct", rows),
                bench().output("loss", 1));
        on().copyCrossEntropy(operands).run();
        int terms = (int) Math.sqrt(vocabulary) + 8;
        bench().assertClose(operands.logSumExp(), ReferenceLosses.logSumExp(logits, vocabulary), terms);
        double loss = ReferenceLosses.copyCrossEntropy(logits, gate, copied, labels, mask, normalizer);
        double largest = 2 * spread + gateSpread + Math.log(vocabulary) + 1;
        bench().assertClose(operands.loss(), new double[] {loss}, (int) Math.sqrt(rows) + terms, largest);
        double[] correct = new double[rows];
        for (int r = 0; r < rows; r++) {
            boolean copies = ReferenceLosses.copies(logits, r, vocabulary, gate[r], copied[r]);
            correct[r] = labels[r] == (copies ? copied[r] : ReferenceLosses.argMax(logits, r, vocabulary)) ? 1 : 0;
        }
        assertThat(bench().read(operands.correct()))
                .as(bench().context("correct"))
                .containsExactly(correct);

        float scale = 1.5f;
        Tensor gradient = bench().variable("logits and gradient in place", logits, rows, vocabulary);
        Tensor dGate = bench().output("dGate", rows, 1);
        on().copyCrossEntropyBackward(operands.withLogits(gradient), scale, dGate)
                .run();
        int gradientTerms = terms + (int) (2 * spread);
        bench().assertGradient(
                        gradient,
                        null,
                        v -> new double[] {ReferenceLosses.copyCrossEntropy(v, gate, copied, labels, mask, normalizer)},
                        logits,
                        new double[] {scale},
                        gradientTerms,
                        scale / normalizer);
        bench().assertGradient(
                        dGate,
                        null,
                        v -> new double[] {ReferenceLosses.copyCrossEntropy(logits, v, copied, labels, mask, normalizer)
                        },
                        gate,
                        new double[] {scale},
                        gradientTerms,
                        scale / normalizer);
        if (rows > 1) {
            assertThat(Arrays.copyOfRange(bench().read(gradient), vocabulary, 2 * vocabulary))
                    .as(bench().context("gradient of a row that does not count"))
                    .containsOnly(0);
            assertThat(bench().read(dGate)[1]).isZero();
        }
        inOneOperation(operands, logits, gate, scale, gradient, dGate);
    }

    private void inOneOperation(
            CopyCrossEntropyOperands apart,
            double[] logits,
            double[] gate,
            float scale,
            Tensor gradient,
            Tensor dGate) {
        int rows = gate.length;
        Tensor inPlace = bench().variable("logits and gradient of one operation", logits, rows, logits.length / rows);
        Tensor gateInPlace = bench().variable("gate and its gradient", gate, rows, 1);
        CopyCrossEntropyOperands together = new CopyCrossEntropyOperands(
                inPlace,
                gateInPlace,
                apart.copied(),
                apart.labels(),
                apart.mask(),
                apart.normalizer(),
                bench().output("logSumExp", rows),
                bench().output("correct", rows),
                bench().output("loss", 1));
        on().copyCrossEntropyWithGradient(together, scale, gateInPlace).run();
        bench().assertSameBits(inPlace, bench().bits(gradient));
        bench().assertSameBits(gateInPlace, bench().bits(dGate));
        bench().assertSameBits(together.logSumExp(), bench().bits(apart.logSumExp()));
        bench().assertSameBits(together.correct(), bench().bits(apart.correct()));
        bench().assertSameBits(together.loss(), bench().bits(apart.loss()));
    }

    /** A gate that is sure, and logits that are: nothing overflows, and no small loss is lost in a difference of large numbers. */
    @Test
    default void sureGatesAndLogitsStayFinite() {
        double sure = Math.log1p(Math.exp(-8));
        // a label that is copied: the gate, the label's logit of two, the loss
        double[][] cases = {
            {100, -8192, 0},
            {-100, 0, Math.log(2)},
            {-100, 8, sure},
            {-100, -8192, 100},
            {-8192, -8192, 8192 - Math.log(2)},
            {0, 8, Math.log(2) - Math.log1p(1 / (1 + Math.exp(-8)))},
            {8, -8192, sure}
        };
        for (double[] each : cases) {
            bench().trial("sure", each[0], each[1]);
            CopyCrossEntropyOperands operands = twoWords(each[0], each[1], 0);
            Tensor dGate = bench().output("dGate", 1);
            on().copyCrossEntropyWithGradient(operands, 1, dGate).run();
            assertThat(bench().read(operands.loss())[0])
                    .as(bench().context("loss"))
                    .isCloseTo(each[2], within(1.5e-7 + 1e-6 * each[2]));
            assertThat(bench().read(operands.logits())).as("gradient").doesNotContain(Double.NaN);
            assertThat(bench().read(dGate)).as("gate's gradient").doesNotContain(Double.NaN);
        }
        bench().trial("sure of the wrong one");
        CopyCrossEntropyOperands operands = twoWords(100, 0, 1);
        Tensor dGate = bench().output("dGate", 1);
        on().copyCrossEntropyWithGradient(operands, 1, dGate).run();
        assertThat(bench().read(operands.loss())[0]).isCloseTo(100 + Math.log(2), within(1e-4));
        assertThat(bench().read(dGate)).containsExactly(1);
    }

    /** One row whose label is the first of two words. */
    private CopyCrossEntropyOperands twoWords(double gate, double logit, int copied) {
        return new CopyCrossEntropyOperands(
                bench().variable("logits", new double[] {logit, 0}, 1, 2),
                bench().input("gate", new double[] {gate}, 1),
                bench().input("copied", new int[] {copied}, 1),
                bench().input("labels", new int[] {0}, 1),
                bench().input("mask", new int[] {1}, 1),
                bench().number("normalizer", 1),
                bench().output("logSumExp", 1),
                bench().output("correct", 1),
                bench().output("loss", 1));
    }

    /** The copied token is taken where the gate lifts it to the largest softmax, however little it needs for that. */
    @Test
    default void correctIsOfTheMixture() {
        bench().trial("correct of the mixture");
        double lead = Math.log(0.5 - 0.125);
        // softmax 1/8, 1/2, 3/8 in the first four rows, equal in the last two
        double[] row = {Math.log(1), Math.log(4), Math.log(3)};
        double[] gates = {lead - 0.1, lead + 0.1, lead - 0.1, lead + 0.1, -100, -100};
        int[] labels = {0, 0, 1, 1, 2, 0};
        double[] logits = new double[18];
        for (int i = 0; i < 12; i++) {
            logits[i] = row[i % 3];
        }
        Tensor correct = bench().output("correct", 6);
        on().copyCrossEntropy(new CopyCrossEntropyOperands(
                        bench().input("logits", logits, 6, 3),
                        bench().input("gate", gates, 6),
                        bench().input("copied", new int[] {0, 0, 0, 0, 2, 2}, 6),
                        bench().input("labels", labels, 6),
                        bench().input("mask", new int[6], 6),
                        bench().number("normalizer", 1),
                        bench().output("logSumExp", 6),
                        correct,
                        bench().output("loss", 1)))
                .run();
        assertThat(bench().read(correct)).containsExactly(0, 1, 1, 0, 1, 0);
    }
}
