package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What an adversarial generator is rewarded with, and the gradients that it and its baseline learn by. */
interface PolicyGradientContract extends Contract {

    int[] POLICY_VOCABULARIES = {1, 7, 54, 257, 1000};

    @Test
    default void policyGradientEqualsReference() {
        for (int rows : ROWS) {
            for (int vocabulary : POLICY_VOCABULARIES) {
                policyGradient(rows, vocabulary, 0.1, 0.1);
                policyGradient(rows, vocabulary, 3, 5);
                policyGradient(rows, vocabulary, 400, 100);
            }
        }
        for (int vocabulary : LossContract.LONG_VOCABULARIES) {
            policyGradient(3, vocabulary, 3, 5);
        }
    }

    @Test
    default void policyGradientOfNoRowsIsZero() {
        bench().trial("policyGradient", 0, 5);
        Tensor none = bench().input("none", new double[0], 0);
        Tensor noTokens = bench().input("tokens", new int[0], 0);
        Tensor noBaseline = bench().variable("baseline", new double[0], 0, 1);
        PolicyGradientOperands operands = new PolicyGradientOperands(
                bench().variable("logits", new double[0], 0, 5),
                none,
                noTokens,
                noTokens,
                none,
                bench().number("normalizer", 2),
                noTokens,
                bench().input("discriminatorLogits", new double[] {1, 2, 3}, 3, 1),
                noBaseline,
                bench().output("reward", 1),
                bench().output("baselineLoss", 1));
        on().policyGradient(operands, 1, noBaseline).run();
        assertThat(bench().read(operands.reward())).containsExactly(0);
        assertThat(bench().read(operands.baselineLoss())).containsExactly(0);
    }

    private void policyGradient(int rows, int vocabulary, double spread, double decisionSpread) {
        bench().trial("policyGradient", rows, vocabulary, spread, decisionSpread);
        int tokens = 2 * rows + 3;
        double[] logits = bench().uniform(rows * vocabulary, -spread, spread);
        double[] decisions = bench().uniform(tokens, -decisionSpread, decisionSpread);
        double[] baseline = bench().uniform(rows, -decisionSpread, decisionSpread);
        double[] weights = bench().uniform(rows, 0.5, 1.5);
        int[] labels = bench().integers(rows, vocabulary);
        int[] sampled = bench().integers(rows, vocabulary);
        int[] positions = bench().integers(rows, tokens);
        for (int r = 0; r < rows; r += 2) {
            sampled[r] = labels[r];
        }
        if (rows > 1) {
            weights[1] = 0;
        }
        double normalizer = rows + 1.25;
        double[] logSumExp = ReferenceLosses.logSumExp(logits, vocabulary);
        PolicyGradientOperands operands = new PolicyGradientOperands(
                bench().input("logits", logits, rows, vocabulary),
                bench().input("logSumExp", logSumExp, rows),
                bench().input("sampled", sampled, rows),
                bench().input("labels", labels, rows),
                bench().input("weights", weights, rows),
                bench().number("normalizer", normalizer),
                bench().input("rows", positions, rows),
                bench().input("discriminatorLogits", decisions, tokens, 1),
                bench().input("baseline", baseline, rows, 1),
                bench().output("reward", 1),
                bench().output("baselineLoss", 1));
        float scale = 1.5f;
        // the logits, an input, must stay
        on().policyGradient(operands, scale, null).run();
        int[] reward = bench().bits(operands.reward());
        int[] baselineLoss = bench().bits(operands.baselineLoss());
        double[] rewards = ReferenceLosses.rewards(sampled, labels, positions, decisions);
        double sum = 0;
        for (int r = 0; r < rows; r++) {
            sum += weights[r] * rewards[r];
        }
        int sums = (int) Math.sqrt(rows) + 4;
        bench().assertClose(operands.reward(), new double[] {sum / normalizer}, sums, 1.5 * (decisionSpread + 1));
        double loss = ReferenceLosses.baselineLoss(baseline, rewards, weights, normalizer);
        bench().assertClose(operands.baselineLoss(), new double[] {loss}, sums, 1.5 * (decisionSpread + 1));

        Tensor gradient = bench().variable("logits and gradient in place", logits, rows, vocabulary);
        Tensor dBaseline = bench().output("dBaseline", rows, 1);
        on().policyGradient(operands.withLogits(gradient), scale, dBaseline).run();
        bench().assertSameBits(operands.reward(), reward);
        bench().assertSameBits(operands.baselineLoss(), baselineLoss);
        bench().assertGradient(
                        gradient,
                        null,
                        v -> new double[] {ReferenceLosses.reinforce(v, sampled, rewards, baseline, weights, normalizer)
                        },
                        logits,
                        new double[] {scale},
                        8 + (int) (2 * spread),
                        1.5 * scale * (1 + decisionSpread) / normalizer);
        bench().assertGradient(
                        dBaseline,
                        null,
                        v -> new double[] {ReferenceLosses.baselineLoss(v, rewards, weights, normalizer)},
                        baseline,
                        new double[] {scale},
                        4,
                        1.5 * scale / normalizer);
        if (rows > 1) {
            assertThat(Arrays.copyOfRange(bench().read(gradient), vocabulary, 2 * vocabulary))
                    .as(bench().context("gradient of a row of weight 0"))
                    .containsOnly(0);
            assertThat(bench().read(dBaseline)[1]).isZero();
        }
    }

    /** A row of weight 0 may hold anything, a position that does not exist included. */
    @Test
    default void tokensThatDoNotCountHaveNoReward() {
        bench().trial("policyGradient of weight 0");
        Tensor logits = bench().variable("logits", new double[] {Double.POSITIVE_INFINITY, 0, 0, 0}, 2, 2);
        Tensor dBaseline = bench().output("dBaseline", 2);
        PolicyGradientOperands operands = new PolicyGradientOperands(
                logits,
                bench().input("logSumExp", new double[] {Double.POSITIVE_INFINITY, Math.log(2)}, 2),
                bench().input("sampled", new int[] {0, 1}, 2),
                bench().input("labels", new int[] {0, 0}, 2),
                bench().input("weights", new double[] {0, 1}, 2),
                bench().number("normalizer", 1),
                bench().input("rows", new int[] {-1, 0}, 2),
                bench().input("discriminatorLogits", new double[] {0}, 1),
                bench().input("baseline", new double[] {Double.POSITIVE_INFINITY, 100}, 2),
                bench().output("reward", 1),
                bench().output("baselineLoss", 1));
        on().policyGradient(operands, 2, dBaseline).run();
        assertThat(bench().read(operands.reward())[0]).isCloseTo(Math.log(2), within(1e-6));
        assertThat(bench().read(operands.baselineLoss())[0]).isCloseTo(50, within(1e-5));
        assertThat(bench().read(dBaseline)).containsExactly(0, 1);
        double advantage = bench().stored(Math.log(2));
        assertThat(bench().read(logits)[2]).isCloseTo(advantage, within(4e-3));
        assertThat(bench().read(logits)[3]).isCloseTo(-advantage, within(4e-3));
        assertThat(Arrays.copyOf(bench().read(logits), 2)).containsOnly(0);
    }

    /** An error on the CPU; elsewhere neither reward nor gradients are numbers, which an update does not survive unnoticed. */
    @Test
    default void aRowMustBeATokenOfTheDiscriminator() {
        for (int row : new int[] {-1, 3}) {
            bench().trial("policyGradient at", row);
            Tensor logits = bench().variable("logits", new double[] {1, 2}, 1, 2);
            Tensor dBaseline = bench().output("dBaseline", 1);
            PolicyGradientOperands operands = new PolicyGradientOperands(
                    logits,
                    bench().input("logSumExp", new double[] {2.3}, 1),
                    bench().input("sampled", new int[] {0}, 1),
                    bench().input("labels", new int[] {1}, 1),
                    bench().number("weights", 1),
                    bench().number("normalizer", 1),
                    bench().input("rows", new int[] {row}, 1),
                    bench().input("discriminatorLogits", new double[] {1, 2, 3}, 3, 1),
                    bench().input("baseline", new double[] {0}, 1),
                    bench().output("reward", 1),
                    bench().output("baselineLoss", 1));
            Operation operation = on().policyGradient(operands, 1, dBaseline);
            if (on().name().equals("cpu")) {
                assertThatThrownBy(operation::run)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("policy gradient: row of the discriminator's logits must be in [0, 3), got " + row
                                + " in rows[1]:INT32");
            } else {
                operation.run();
                for (Tensor result : List.of(operands.reward(), operands.baselineLoss(), dBaseline, logits)) {
                    assertThat(bench().read(result)).as(result.name()).containsOnly(Double.NaN);
                }
            }
        }
    }
}
