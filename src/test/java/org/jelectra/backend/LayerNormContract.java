package org.jelectra.backend;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Layer normalisation of a sum with dropout. */
interface LayerNormContract extends Contract {

    float EPSILON = 1e-12f;

    @Test
    default void addLayerNormEqualsReference() {
        for (int rows : ROWS) {
            for (int width : WIDTHS) {
                for (boolean residual : new boolean[] {true, false}) {
                    addLayerNorm(rows, width, residual, 0, EPSILON);
                }
            }
        }
        addLayerNorm(7, 100, true, 0, 0.25f);
        addLayerNorm(129, 100, true, 0.1f, EPSILON);
    }

    @Test
    default void addLayerNormDropsOnlyTheInput() {
        for (int rows : ROWS) {
            for (int width : new int[] {5, 17, 100}) {
                addLayerNorm(rows, width, true, 0.2f, EPSILON);
                addLayerNorm(rows, width, false, 0.2f, 1e-5f);
            }
        }
    }

    private void addLayerNorm(int rows, int width, boolean withResidual, float probability, float epsilon) {
        bench().trial("addLayerNorm", rows, width, withResidual, probability, epsilon);
        ReferenceRandom source = source().inMicroBatch(3);
        Dropout dropout = probability > 0 ? new Dropout(probability, bench().randomness(source)) : Dropout.NONE;
        int n = rows * width;
        double[] x = bench().normal(n);
        double[] residual = withResidual ? bench().normal(n) : new double[n];
        double[] gamma = bench().normal(width);
        double[] beta = bench().normal(width);
        Tensor inputGamma = bench().input("gamma", gamma, width);
        Tensor inputBeta = bench().input("beta", beta, width);
        Tensor inputResidual = withResidual ? bench().input("residual", residual, rows, width) : null;
        Tensor sum = bench().output("sum", rows, width);
        Tensor y = bench().output("y", rows, width);
        Tensor stats = bench().output("stats", rows, 2);
        on().addLayerNorm(
                        bench().input("x", x, rows, width),
                        new AddLayerNormOperands(dropout, inputResidual, inputGamma, inputBeta, epsilon, sum, y, stats))
                .run();
        double[] dropped = Reference.multiply(x, source.dropoutFactors(dropout, n));
        double[] expectedSum = Reference.add(dropped, residual);
        bench().assertClose(sum, expectedSum, 1);
        // the normalisation is compared on the sum as the backend rounded it: 1/deviation enlarges that rounding
        double[] roundedSum = bench().read(sum);
        double[] expectedStats = Reference.rowStatistics(roundedSum, width, epsilon);
        double largestRstd = 1;
        for (int row = 0; row < rows; row++) {
            // a mean of equal numbers is exact, so a single column has variance 0 and no error to enlarge
            largestRstd = width == 1 ? 1 : Math.max(largestRstd, expectedStats[2 * row + 1]);
        }
        bench().assertClose(stats, expectedStats, 4, largestRstd);
        bench().assertClose(y, Reference.layerNorm(roundedSum, gamma, beta, epsilon), 12, 3 * largestRstd);

        Tensor inPlace = bench().variable("sum in place of x", x, rows, width);
        Tensor sameY = bench().output("y of sum in place", rows, width);
        on().addLayerNorm(
                        inPlace,
                        new AddLayerNormOperands(
                                dropout, inputResidual, inputGamma, inputBeta, epsilon, inPlace, sameY, stats))
                .run();
        bench().assertSameBits(inPlace, bench().bits(sum));
        bench().assertSameBits(sameY, bench().bits(y));
    }

    /** Also at widths whose reciprocal is rounded: the mean of equal values is that value. */
    @Test
    default void equalValuesBecomeBeta() {
        for (int width : new int[] {256, 768, 896, 960}) {
            bench().trial("addLayerNorm of equal values", width);
            double[] x = new double[width];
            Arrays.fill(x, 100);
            double[] gamma = bench().normal(width);
            double[] beta = bench().normal(width);
            Tensor y = bench().output("y", 1, width);
            on().addLayerNorm(
                            bench().input("x", x, 1, width),
                            new AddLayerNormOperands(
                                    Dropout.NONE,
                                    null,
                                    bench().input("gamma", gamma, width),
                                    bench().input("beta", beta, width),
                                    EPSILON,
                                    bench().output("sum", 1, width),
                                    y,
                                    bench().output("stats", 1, 2)))
                    .run();
            bench().assertClose(y, beta, 1);
        }
    }

    @Test
    default void addLayerNormGradientsEqualFiniteDifferences() {
        for (int rows : ROWS) {
            for (int width : new int[] {1, 5, 17, 64, 129}) {
                addLayerNormBackward(rows, width, 0);
                addLayerNormBackward(rows, width, 0.3f);
            }
        }
        addLayerNormBackward(129, 64, 0.1f);
    }

    private void addLayerNormBackward(int rows, int width, float probability) {
        bench().trial("addLayerNorm backward", rows, width, probability);
        float epsilon = 1e-3f;
        ReferenceRandom source = source().inMicroBatch(1);
        Dropout dropout = probability > 0 ? new Dropout(probability, bench().randomness(source)) : Dropout.NONE;
        int n = rows * width;
        double[] factors = source.dropoutFactors(dropout, n);
        double[] x = bench().normal(n);
        double[] residual = bench().normal(n);
        double[] gamma = bench().normal(width);
        double[] beta = bench().normal(width);
        double[] dy = bench().normal(n);
        double[] sum = Reference.add(Reference.multiply(x, factors), residual);
        double[] stats = Reference.rowStatistics(sum, width, epsilon);
        double unit = 1;
        for (int row = 0; row < rows; row++) {
            unit = Math.max(unit, stats[2 * row + 1]);
        }
        Tensor inputDy = bench().input("dy", dy, rows, width);
        Tensor inputSum = bench().input("sum", sum, rows, width);
        Tensor inputStats = bench().input("stats", stats, rows, 2);
        Tensor inputGamma = bench().input("gamma", gamma, width);
        double[] gammaBefore = bench().normal(width);
        double[] betaBefore = bench().normal(width);
        Tensor dx = bench().output("dx", rows, width);
        Tensor dResidual = bench().output("dResidual", rows, width);
        Tensor dGamma = bench().variable("dGamma", gammaBefore, width);
        Tensor dBeta = bench().variable("dBeta", betaBefore, width);
        on().addLayerNormBackward(new AddLayerNormBackward(
                        inputDy, inputSum, inputStats, inputGamma, dropout, dx, dResidual, dGamma, dBeta))
                .run();

        UnaryOperator<double[]> ofX =
                v -> Reference.layerNorm(Reference.add(Reference.multiply(v, factors), residual), gamma, beta, epsilon);
        UnaryOperator<double[]> ofSum = v -> Reference.layerNorm(v, gamma, beta, epsilon);
        // dy, gamma and h are about 1 to 3 each; at rstd r the rounding of h in the sum enters once more with r
        double unitOfInput = 3 * unit * unit;
        bench().assertGradient(dx, null, ofX, x, dy, 12, unitOfInput);
        bench().assertGradient(dResidual, null, ofSum, sum, dy, 12, unitOfInput);
        bench().assertGradient(
                        dGamma,
                        gammaBefore,
                        v -> Reference.layerNorm(sum, v, beta, epsilon),
                        gamma,
                        dy,
                        rows,
                        3 * unit);
        bench().assertGradient(dBeta, betaBefore, v -> Reference.layerNorm(sum, gamma, v, epsilon), beta, dy, rows, 1);

        layerNormBackwardInPlace(rows, width, dropout, dy, inputDy, inputSum, inputStats, inputGamma, dx, dResidual);
    }

    /** Every placement of the results that is allowed gives the bits of separate tensors. */
    private void layerNormBackwardInPlace(
            int rows,
            int width,
            Dropout dropout,
            double[] dy,
            Tensor inputDy,
            Tensor sum,
            Tensor stats,
            Tensor gamma,
            Tensor dx,
            Tensor dResidual) {
        int[] expectedDx = bench().bits(dx);
        int[] expectedDResidual = bench().bits(dResidual);
        Tensor dGamma = bench().variable("another dGamma", new double[width], width);
        Tensor dBeta = bench().variable("another dBeta", new double[width], width);

        Tensor withoutResidual = bench().output("dx without residual", rows, width);
        on().addLayerNormBackward(new AddLayerNormBackward(
                        inputDy, sum, stats, gamma, dropout, withoutResidual, null, dGamma, dBeta))
                .run();
        bench().assertSameBits(withoutResidual, expectedDx);

        Tensor asDx = bench().variable("dx in place of dy", dy, rows, width);
        Tensor otherResidual = bench().output("dResidual", rows, width);
        on().addLayerNormBackward(
                        new AddLayerNormBackward(asDx, sum, stats, gamma, dropout, asDx, otherResidual, dGamma, dBeta))
                .run();
        bench().assertSameBits(asDx, expectedDx);
        bench().assertSameBits(otherResidual, expectedDResidual);

        Tensor alone = bench().variable("dx in place of dy, no residual", dy, rows, width);
        on().addLayerNormBackward(
                        new AddLayerNormBackward(alone, sum, stats, gamma, dropout, alone, null, dGamma, dBeta))
                .run();
        bench().assertSameBits(alone, expectedDx);

        Tensor asDResidual = bench().variable("dResidual in place of dy", dy, rows, width);
        Tensor otherDx = bench().output("dx", rows, width);
        on().addLayerNormBackward(new AddLayerNormBackward(
                        asDResidual, sum, stats, gamma, dropout, otherDx, asDResidual, dGamma, dBeta))
                .run();
        bench().assertSameBits(otherDx, expectedDx);
        bench().assertSameBits(asDResidual, expectedDResidual);

        if (!dropout.isActive()) {
            Tensor both = bench().output("dx and dResidual in one", rows, width);
            on().addLayerNormBackward(
                            new AddLayerNormBackward(inputDy, sum, stats, gamma, dropout, both, both, dGamma, dBeta))
                    .run();
            bench().assertSameBits(both, expectedDx);
        }
    }
}
