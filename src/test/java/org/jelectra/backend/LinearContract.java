package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Matrix products with weights. */
interface LinearContract extends Contract {

    /** Rows, inputs, outputs, and columns of wider results. */
    int[][] WIDE = {
        {1, 1, 1, 2}, {7, 5, 17, 18}, {33, 64, 100, 129}, {33, 17, 30, 64}, {70, 33, 1027, 1088}, {9, 8, 3, 200}
    };

    @Test
    default void linearEqualsReference() {
        for (int m : ROWS) {
            for (int k : WIDTHS) {
                for (int n : WIDTHS) {
                    bench().trial("linear", m, k, n);
                    double[] x = bench().normal(m * k);
                    double[] weight = bench().normal(n * k);
                    double[] bias = bench().normal(n);
                    Tensor inputX = bench().input("x", x, m, k);
                    Tensor inputWeight = bench().input("weight", weight, n, k);
                    Tensor y = bench().output("y", m, n);
                    on().linear(inputX, inputWeight, bench().input("bias", bias, n), y)
                            .run();
                    bench().assertClose(y, Reference.linear(x, weight, bias, m, k, n), k);

                    Tensor withoutBias = bench().output("y without bias", m, n);
                    on().linear(inputX, inputWeight, null, withoutBias).run();
                    bench().assertClose(withoutBias, Reference.linear(x, weight, null, m, k, n), k);
                }
            }
        }
    }

    /** Sizes beyond the blocks that an implementation may cut a product into, in each dimension. */
    @Test
    default void linearOfManyBlocksEqualsReference() {
        for (int[] size : new int[][] {{33, 1031, 17}, {261, 33, 65}, {7, 65, 1030}}) {
            int m = size[0];
            int k = size[1];
            int n = size[2];
            bench().trial("large linear", m, k, n);
            double[] x = bench().normal(m * k);
            double[] weight = bench().normal(n * k);
            double[] bias = bench().normal(n);
            Tensor y = bench().output("y", m, n);
            on().linear(
                            bench().input("x", x, m, k),
                            bench().input("weight", weight, n, k),
                            bench().input("bias", bias, n),
                            y)
                    .run();
            bench().assertClose(y, Reference.linear(x, weight, bias, m, k, n), k);
            linearGradients(m, k, n);
        }
    }

    @Test
    default void gradientThroughGeluAndProductEqualsFiniteDifferences() {
        for (int[] size : new int[][] {{1, 5, 17}, {7, 64, 100}, {33, 17, 129}, {33, 129, 5}}) {
            int m = size[0];
            int k = size[1];
            int n = size[2];
            bench().trial("linear backward with gelu", m, k, n);
            double[] preActivation = bench().normal(m * k);
            double[] weight = bench().normal(n * k);
            double[] dy = bench().normal(m * n);
            Tensor dPreActivation = bench().output("dPreActivation", m, k);
            on().linearBackwardInputGelu(
                            bench().input("dy", dy, m, n),
                            bench().input("weight", weight, n, k),
                            bench().input("preActivation", preActivation, m, k),
                            dPreActivation)
                    .run();
            bench().assertGradient(
                            dPreActivation,
                            null,
                            v -> Reference.linear(Reference.gelu(v), weight, null, m, k, n),
                            preActivation,
                            dy,
                            n,
                            1);
        }
    }

    @Test
    default void linearGradientsEqualFiniteDifferences() {
        for (int m : ROWS) {
            for (int k : WIDTHS) {
                for (int n : new int[] {1, 17, 100}) {
                    linearGradients(m, k, n);
                }
            }
        }
        linearGradients(129, 33, 129);
    }

    private void linearGradients(int m, int k, int n) {
        bench().trial("linear backward", m, k, n);
        double[] x = bench().normal(m * k);
        double[] weight = bench().normal(n * k);
        double[] bias = bench().normal(n);
        double[] dy = bench().normal(m * n);
        Tensor inputX = bench().input("x", x, m, k);
        Tensor inputWeight = bench().input("weight", weight, n, k);
        Tensor inputDy = bench().input("dy", dy, m, n);

        Tensor dx = bench().output("dx", m, k);
        Operation backward = on().linearBackwardInput(inputDy, inputWeight, dx, false);
        backward.run();
        bench().assertGradient(dx, null, v -> Reference.linear(v, weight, bias, m, k, n), x, dy, n, 1);

        double[] before = bench().normal(m * k);
        Tensor accumulated = bench().variable("dx accumulated", before, m, k);
        on().linearBackwardInput(inputDy, inputWeight, accumulated, true).run();
        bench().assertGradient(accumulated, before, v -> Reference.linear(v, weight, bias, m, k, n), x, dy, n, 1);

        double[] weightBefore = bench().normal(n * k);
        double[] biasBefore = bench().normal(n);
        Tensor dWeight = bench().variable("dWeight", weightBefore, n, k);
        Tensor dBias = bench().variable("dBias", biasBefore, n);
        on().linearBackwardWeight(inputX, inputDy, dWeight, dBias).run();
        bench().assertGradient(dWeight, weightBefore, v -> Reference.linear(x, v, bias, m, k, n), weight, dy, m, 1);
        bench().assertGradient(dBias, biasBefore, v -> Reference.linear(x, weight, v, m, k, n), bias, dy, m, 1);

        Tensor alone = bench().variable("dWeight without bias", weightBefore, n, k);
        on().linearBackwardWeight(inputX, inputDy, alone, null).run();
        bench().assertSameBits(alone, bench().bits(dWeight));

        Tensor biasAlone = bench().variable("dBias without weight", biasBefore, n);
        on().linearBackwardWeight(null, inputDy, null, biasAlone).run();
        bench().assertGradient(biasAlone, biasBefore, v -> Reference.linear(x, weight, v, m, k, n), bias, dy, m, 1);
    }

    @Test
    default void aWeightWithoutOutputsHasNoGradient() {
        Tensor x = bench().input("x", bench().normal(4 * 8), 4, 8);
        Tensor dy = bench().input("dy", bench().normal(4 * 8), 4, 8);
        Tensor dWeight = bench().variable("dWeight", new double[0], 0, 8);
        assertThatCode(() -> on().linearBackwardWeight(x, dy, dWeight, null).run())
                .doesNotThrowAnyException();
    }

    /** Logits with columns behind those of the words: minus infinity forward, and nothing of their gradient counts. */
    @Test
    default void linearOfWiderRowsIsMinusInfinityBehindTheLayer() {
        for (int[] size : WIDE) {
            int m = size[0];
            int k = size[1];
            int n = size[2];
            int width = size[3];
            bench().trial("wide linear", m, k, n, width);
            double[] x = bench().normal(m * k);
            double[] weight = bench().normal(n * k);
            double[] bias = bench().normal(n);
            Tensor inputX = bench().input("x", x, m, k);
            Tensor inputWeight = bench().input("weight", weight, n, k);
            for (Tensor inputBias : new Tensor[] {bench().input("bias", bias, n), null}) {
                Tensor y = bench().output("y", m, n);
                Tensor wide = bench().output("y with more columns", m, width);
                on().linear(inputX, inputWeight, inputBias, y).run();
                on().linear(inputX, inputWeight, inputBias, wide).run();
                assertThat(bench().read(wide))
                        .as(bench().context(wide))
                        .containsExactly(Reference.widened(bench().read(y), n, width, Double.NEGATIVE_INFINITY));
            }
        }
    }

    @Test
    default void gradientsOfWiderRowsAreThoseOfTheLayersColumns() {
        for (int[] size : WIDE) {
            int m = size[0];
            int k = size[1];
            int n = size[2];
            int width = size[3];
            bench().trial("wide linear backward", m, k, n, width);
            double[] x = bench().normal(m * k);
            double[] weight = bench().normal(n * k);
            double[] dy = bench().normal(m * n);
            Tensor inputX = bench().input("x", x, m, k);
            Tensor inputWeight = bench().input("weight", weight, n, k);
            Tensor narrow = bench().input("dy", dy, m, n);
            Tensor wide = bench().input("dy with more columns", Reference.widened(dy, n, width, Double.NaN), m, width);

            Tensor dx = bench().output("dx", m, k);
            on().linearBackwardInput(wide, inputWeight, dx, false).run();
            bench().assertGradient(dx, null, v -> Reference.linear(v, weight, null, m, k, n), x, dy, n, 1);
            Tensor sameDx = bench().output("dx of narrow rows", m, k);
            on().linearBackwardInput(narrow, inputWeight, sameDx, false).run();
            bench().assertSameBits(dx, bench().bits(sameDx));

            double[] biasBefore = bench().normal(n);
            Tensor dWeight = bench().variable("dWeight", weight, n, k);
            Tensor dBias = bench().variable("dBias", biasBefore, n);
            on().linearBackwardWeight(inputX, wide, dWeight, dBias).run();
            Tensor sameDWeight = bench().variable("dWeight of narrow rows", weight, n, k);
            on().linearBackwardWeight(inputX, narrow, sameDWeight, null).run();
            bench().assertSameBits(dWeight, bench().bits(sameDWeight));
            bench().assertGradient(
                            dBias, biasBefore, v -> Reference.linear(x, weight, v, m, k, n), biasBefore, dy, m, 1);
            Tensor biasAlone = bench().variable("dBias without weight", biasBefore, n);
            on().linearBackwardWeight(null, wide, null, biasAlone).run();
            bench().assertGradient(
                            biasAlone, biasBefore, v -> Reference.linear(x, weight, v, m, k, n), biasBefore, dy, m, 1);
        }
    }
}
