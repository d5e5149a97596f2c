package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The losses of fine-tuning and their gradients. */
interface TaskLossContract extends Contract {

    @Test
    default void squaredErrorEqualsReference() {
        for (int rows : new int[] {1, 3, 33, 1000}) {
            bench().trial("squaredError", rows);
            double[] x = bench().normal(rows);
            double[] targets = bench().normal(rows);
            double[] weights = bench().uniform(rows, 0.5, 1.5);
            if (rows > 1) {
                weights[1] = 0;
            }
            double normalizer = rows + 0.5;
            float scale = 1.5f;
            Tensor inputX = bench().input("x", x, rows, 1);
            Tensor inputTargets = bench().input("targets", targets, rows);
            Tensor inputWeights = bench().input("weights", weights, rows);
            Tensor inputNormalizer = bench().number("normalizer", normalizer);
            Tensor loss = bench().output("loss", 1);
            Tensor dx = bench().output("dx", rows, 1);
            on().squaredError(inputX, inputTargets, inputWeights, inputNormalizer, loss, scale, dx)
                    .run();
            double expected = ReferenceLosses.squaredError(x, targets, weights, normalizer);
            bench().assertClose(loss, new double[] {expected}, (int) Math.sqrt(rows) + 4, 9);
            bench().assertGradient(
                            dx,
                            null,
                            v -> new double[] {ReferenceLosses.squaredError(v, targets, weights, normalizer)},
                            x,
                            new double[] {scale},
                            4,
                            9 / normalizer);
            Tensor sameLoss = bench().output("loss without gradient", 1);
            on().squaredError(inputX, inputTargets, inputWeights, inputNormalizer, sameLoss, scale, null)
                    .run();
            bench().assertSameBits(sameLoss, bench().bits(loss));
        }
    }

    /** A row that does not count may hold anything. */
    @Test
    default void rowsOfWeightZeroCountForNothing() {
        bench().trial("weight 0");
        Tensor targets = bench().input("targets", new double[] {0, 0}, 2);
        Tensor weights = bench().input("weights", new double[] {1, 0}, 2);
        Tensor loss = bench().output("loss", 1);
        Tensor dx = bench().output("dx", 2);
        Tensor one = bench().number("normalizer", 1);
        Tensor x = bench().input("x", new double[] {3, Double.POSITIVE_INFINITY}, 2);
        on().squaredError(x, targets, weights, one, loss, 1, dx).run();
        assertThat(bench().read(loss)).containsExactly(9);
        assertThat(bench().read(dx)).containsExactly(6, 0);

        Tensor logits = bench().input("logits", new double[] {3, 3, Double.POSITIVE_INFINITY, 0}, 4, 1);
        Tensor dLogits = bench().output("dLogits", 4, 1);
        on().spanCrossEntropy(
                        new SpanCrossEntropyOperands(
                                logits,
                                bench().input("allowed", new int[] {1, 0, 1, 1}, 4),
                                bench().input("span targets", new int[] {0, 0}, 2),
                                weights,
                                one,
                                loss),
                        1,
                        dLogits)
                .run();
        assertThat(bench().read(loss)[0]).isZero();
        assertThat(bench().read(dLogits)).containsOnly(0);
    }

    @Test
    default void spanCrossEntropyEqualsReference() {
        for (double spread : new double[] {0.1, 3, 50}) {
            spanCrossEntropy(1, 1, 1, spread);
            spanCrossEntropy(3, 33, 2, spread);
            spanCrossEntropy(5, 129, 1, spread);
            spanCrossEntropy(2, 512, 2, spread);
            spanCrossEntropy(4, 40, 3, spread);
        }
        // more than the threads of the block that adds them up
        spanCrossEntropy(300, 3, 2, 3);
    }

    /** An error on the CPU; elsewhere neither loss nor gradient are numbers, which an update does not survive unnoticed. */
    @Test
    default void aTargetMustBeAnAllowedPosition() {
        for (int target : new int[] {-1, 1, 3}) {
            bench().trial("target", target);
            Tensor loss = bench().output("loss", 1);
            Tensor dLogits = bench().output("dLogits", 3, 1);
            Operation operation = on().spanCrossEntropy(
                            new SpanCrossEntropyOperands(
                                    bench().input("logits", new double[] {1, 2, 3}, 3, 1),
                                    bench().input("allowed", new int[] {1, 0, 1}, 3),
                                    bench().input("targets", new int[] {target}, 1),
                                    bench().number("weights", 1),
                                    bench().number("normalizer", 1),
                                    loss),
                            1,
                            dLogits);
            if (on().name().equals("cpu")) {
                assertThatThrownBy(operation::run)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("cross-entropy over positions: the target of sequence 0 must be an allowed position"
                                + " below 3, got " + target + " in targets[1]:INT32");
            } else {
                operation.run();
                assertThat(bench().read(loss)).containsOnly(Double.NaN);
                assertThat(bench().read(dLogits)).containsOnly(Double.NaN);
            }
        }
    }

    private void spanCrossEntropy(int batch, int length, int columns, double spread) {
        bench().trial("spanCrossEntropy", batch, length, columns, spread);
        double[] logits = bench().uniform(batch * length * columns, -spread, spread);
        int[] allowed = bench().integers(batch * length, 2);
        int[] targets = bench().integers(batch * columns, length);
        for (int i = 0; i < targets.length; i++) {
            allowed[i / columns * length + targets[i]] = 1;
        }
        double[] weights = bench().uniform(batch, 0.5, 1.5);
        if (batch > 1) {
            weights[1] = 0;
        }
        double normalizer = batch + 1.25;
        float scale = 1.5f;
        Tensor loss = bench().output("loss", 1);
        Tensor dLogits = bench().output("dLogits", batch * length, columns);
        SpanCrossEntropyOperands operands = new SpanCrossEntropyOperands(
                bench().input("logits", logits, batch * length, columns),
                bench().input("allowed", allowed, batch * length),
                bench().input("targets", targets, batch, columns),
                bench().input("weights", weights, batch),
                bench().number("normalizer", normalizer),
                loss);
        on().spanCrossEntropy(operands, scale, dLogits).run();
        int terms = (int) Math.sqrt(length) + 8;
        double expected = ReferenceLosses.spanCrossEntropy(logits, allowed, targets, weights, normalizer);
        bench().assertClose(loss, new double[] {expected}, terms, 1.5 * (2 * spread + Math.log(length)));
        bench().assertGradient(
                        dLogits,
                        null,
                        v -> new double[] {ReferenceLosses.spanCrossEntropy(v, allowed, targets, weights, normalizer)},
                        logits,
                        new double[] {scale},
                        terms + (int) (2 * spread),
                        1.5 * scale / normalizer);
        double[] gradient = bench().read(dLogits);
        for (int i = 0; i < gradient.length; i++) {
            if (allowed[i / columns] == 0) {
                assertThat(gradient[i]).as(bench().context(i)).isZero();
            }
        }
        if (batch > 1) {
            assertThat(Arrays.copyOfRange(gradient, length * columns, 2 * length * columns))
                    .containsOnly(0);
        }
        int[] bits = bench().bits(loss);
        on().spanCrossEntropy(operands, scale, null).run();
        bench().assertSameBits(loss, bits);
    }
}
