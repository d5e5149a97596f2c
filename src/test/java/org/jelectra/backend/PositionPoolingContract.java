package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The mean over positions and its gradients. */
interface PositionPoolingContract extends Contract {

    @Test
    default void poolPositionsEqualsReference() {
        for (int width : new int[] {1, 5, 64, 129}) {
            poolPositions(1, 1, width);
            poolPositions(3, 33, width);
        }
        poolPositions(2, 512, 32);
        // more than four positions a thread
        poolPositions(1, 1030, 5);
        poolPositions(5, 7, 300);
    }

    /** A position that is not allowed may hold anything. */
    @Test
    default void positionsThatAreNotAllowedCountForNothing() {
        bench().trial("not allowed");
        double infinity = Double.POSITIVE_INFINITY;
        Tensor logits = bench().input("logits", new double[] {infinity, 2}, 2, 1);
        Tensor values = bench().input("x", new double[] {infinity, infinity, 3, 4}, 2, 2);
        Tensor y = bench().output("y", 1, 2);
        PositionPoolingOperands operands = new PositionPoolingOperands(
                logits, values, bench().input("allowed", new int[] {0, 1}, 2), bench().output("logSumExp", 1), y);
        on().poolPositions(operands).run();
        assertThat(bench().read(y)).containsExactly(3, 4);
        Tensor dLogits = bench().output("dLogits", 2, 1);
        Tensor dValues = bench().output("dx", 2, 2);
        Tensor dy = bench().input("dy", new double[] {5, 6}, 1, 2);
        on().poolPositionsBackward(operands, dy, dLogits, dValues, false).run();
        assertThat(bench().read(dLogits)).containsOnly(0);
        assertThat(bench().read(dValues)).containsExactly(0, 0, 5, 6);
    }

    private void poolPositions(int batch, int length, int width) {
        bench().trial("poolPositions", batch, length, width);
        int rows = batch * length;
        double[] logits = bench().uniform(rows, -3, 3);
        double[] values = bench().normal(rows * width);
        int[] allowed = bench().integers(rows, 2);
        for (int sequence = 0; sequence < batch; sequence++) {
            allowed[sequence * length + length / 2] = 1;
        }
        Tensor logSumExp = bench().output("logSumExp", batch);
        Tensor y = bench().output("y", batch, width);
        PositionPoolingOperands operands = new PositionPoolingOperands(
                bench().input("logits", logits, rows, 1),
                bench().input("x", values, rows, width),
                bench().input("allowed", allowed, rows),
                logSumExp,
                y);
        on().poolPositions(operands).run();
        int terms = (int) Math.sqrt(length) + 8;
        bench().assertClose(logSumExp, ReferenceLosses.positionsLogSumExp(logits, allowed, batch), terms);
        bench().assertClose(y, ReferenceLosses.poolPositions(logits, values, allowed, batch), terms);

        double[] dy = bench().normal(batch * width);
        Tensor inputDy = bench().input("dy", dy, batch, width);
        for (boolean accumulate : new boolean[] {false, true}) {
            double[] before = accumulate ? bench().normal(values.length) : null;
            Tensor dLogits = bench().output("dLogits", rows, 1);
            Tensor dValues =
                    accumulate ? bench().variable("dx", before, rows, width) : bench().output("dx", rows, width);
            on().poolPositionsBackward(operands, inputDy, dLogits, dValues, accumulate)
                    .run();
            bench().assertGradient(
                            dValues,
                            before,
                            v -> ReferenceLosses.poolPositions(logits, v, allowed, batch),
                            values,
                            dy,
                            terms,
                            1);
            bench().assertGradient(
                            dLogits,
                            null,
                            x -> ReferenceLosses.poolPositions(x, values, allowed, batch),
                            logits,
                            dy,
                            width + terms,
                            1);
            double[] gradient = bench().read(dLogits);
            for (int i = 0; i < rows; i++) {
                if (allowed[i] == 0) {
                    assertThat(gradient[i]).as(bench().context(i)).isZero();
                }
            }
        }
    }
}
