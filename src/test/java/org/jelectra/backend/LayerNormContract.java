package org.jelectra.backend;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Layer normalisation of a sum with dropout, and dropout of a layer normalisation. */
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
    default void linearAddLayerNormIsBothOperations() {
        int turn = 0;
        for (int rows : ROWS) {
            for (int width : new int[] {17, 64, 256}) {
                linearAddLayerNorm(rows, 24, width, (turn & 1) == 0, (turn & 2) == 0 ? 0.2f : 0);
                turn++;
            }
        }
    }

    private void linearAddLayerNorm(int rows, int inputs, int width, boolean withBias, float probability) {
        bench().trial("linearAddLayerNorm", rows, inputs, width, withBias, probability);
        Dropout dropout = probability > 0 ? new Dropout(probability, bench().randomness(source())) : Dropout.NONE;
        Tensor x = bench().input("x", bench().normal(rows * inputs), rows, inputs);
        Tensor weight = bench().input("weight", bench().normal(width * inputs), width, inputs);
        Tensor bias = withBias ? bench().input("bias", bench().normal(width), width) : null;
        Tensor residual = bench().input("residual", bench().normal(rows * width), rows, width);
        Tensor gamma = bench().input("gamma", bench().normal(width), width);
        Tensor beta = bench().input("beta", bench().normal(width), width);
        Tensor[] results = new Tensor[6];
        for (int i = 0; i < 6; i += 3) {
            results[i] = bench().output("sum", rows, width);
            results[i + 1] = bench().output("y", rows, width);
            results[i + 2] = bench().output("stats", rows, 2);
        }
        on().linearAddLayerNorm(
                        x,
                        weight,
                        bias,
                        new AddLayerNormOperands(
                                dropout, residual, gamma, beta, EPSILON, results[0], results[1], results[2]))
                .run();
        Tensor product = bench().output("out", rows, width);
        on().linear(x, weight, bias, product).run();
        on().addLayerNorm(
                        product,
                        new AddLayerNormOperands(
                                dropout, residual, gamma, beta, EPSILON, results[3], results[4], results[5]))
                .run();
        for (int i = 0; i < 3; i++) {
            assertSame(results[i], results[i + 3]);
        }
    }

    @Test
    default void linearBackwardInputLayerNormIsBothOperations() {
        for (int rows : ROWS) {
            for (int width : new int[] {17, 64, 256}) {
                linearBackwardInputLayerNorm(rows, 24, width, false, 0.3f);
                linearBackwardInputLayerNorm(rows, 24, width, true, 0);
            }
        }
    }

    private void linearBackwardInputLayerNorm(int rows, int outputs, int width, boolean adding, float probability) {
        bench().trial("linearBackwardInputLayerNorm", rows, outputs, width, adding, probability);
        Dropout dropout = probability > 0 ? new Dropout(probability, bench().randomness(source())) : Dropout.NONE;
        double[] others = bench().normal(rows * width);
        Tensor dy = bench().input("dy", bench().normal(rows * outputs), rows, outputs);
        Tensor weight = bench().input("weight", bench().normal(outputs * width), outputs, width);
        Tensor sum = bench().input("sum", bench().normal(rows * width), rows, width);
        Tensor stats = bench().input("stats", bench().uniform(2 * rows, 0.5, 2), rows, 2);
        Tensor gamma = bench().input("gamma", bench().normal(width), width);
        Tensor added = adding ? bench().variable("dOut of others", others, rows, width) : null;
        Tensor gradient = bench().variable("dOut", others, rows, width);
        Tensor[] values = new Tensor[4];
        Tensor[] parameters = new Tensor[4];
        for (int i = 0; i < 4; i++) {
            values[i] = bench().output("dx", rows, width);
            parameters[i] = bench().variable("gradient of a parameter", new double[width], width);
        }
        on().linearBackwardInputLayerNorm(
                        dy,
                        weight,
                        new AddLayerNormBackward(
                                added, sum, stats, gamma, dropout, values[0], values[1], parameters[0], parameters[1]))
                .run();
        on().linearBackwardInput(dy, weight, gradient, adding).run();
        on().addLayerNormBackward(new AddLayerNormBackward(
                        gradient, sum, stats, gamma, dropout, values[2], values[3], parameters[2], parameters[3]))
                .run();
        for (int i = 0; i < 2; i++) {
            assertSame(values[i], values[i + 2]);
            // sums over the rows of terms of about 10, whose order may differ
            bench().assertClose(parameters[i], bench().read(parameters[i + 2]), rows, 10);
        }
    }

    @Test
    default void linearBackwardInputLayerNormDropoutIsBothOperations() {
        for (int rows : ROWS) {
            for (int width : new int[] {17, 128}) {
                linearBackwardInputLayerNormDropout(rows, 24, width, false, 0.3f);
                linearBackwardInputLayerNormDropout(rows, 24, width, true, 0.3f);
                linearBackwardInputLayerNormDropout(rows, 24, width, true, 0);
            }
        }
    }

    private void linearBackwardInputLayerNormDropout(
            int rows, int outputs, int width, boolean adding, float probability) {
        bench().trial("linearBackwardInputLayerNormDropout", rows, outputs, width, adding, probability);
        Dropout dropout = probability > 0 ? new Dropout(probability, bench().randomness(source())) : Dropout.NONE;
        double[] others = bench().normal(rows * width);
        Tensor dy = bench().input("dy", bench().normal(rows * outputs), rows, outputs);
        Tensor weight = bench().input("weight", bench().normal(outputs * width), outputs, width);
        Tensor x = bench().input("x", bench().normal(rows * width), rows, width);
        Tensor stats = bench().input("stats", bench().uniform(2 * rows, 0.5, 2), rows, 2);
        Tensor gamma = bench().input("gamma", bench().normal(width), width);
        Tensor added = adding ? bench().variable("dOut of others", others, rows, width) : null;
        Tensor gradient = bench().variable("dOut", others, rows, width);
        Tensor[] values = new Tensor[2];
        Tensor[] parameters = new Tensor[4];
        for (int i = 0; i < 2; i++) {
            values[i] = bench().output("dx", rows, width);
            parameters[i] = bench().variable("gradient of a parameter", new double[width], width);
            parameters[i + 2] = bench().variable("gradient of a parameter", new double[width], width);
        }
        on().linearBackwardInputLayerNormDropout(
                        dy,
                        weight,
                        new LayerNormBackward(added, x, stats, gamma, dropout, values[0], parameters[0], parameters[1]))
                .run();
        on().linearBackwardInput(dy, weight, gradient, adding).run();
        on().layerNormBackward(new LayerNormBackward(
                        gradient, x, stats, gamma, dropout, values[1], parameters[2], parameters[3]))
                .run();
        assertSame(values[0], values[1]);
        for (int i = 0; i < 2; i++) {
            // sums over the rows of terms of about 10, whose order may differ
            bench().assertClose(parameters[i], bench().read(parameters[i + 2]), rows, 10);
        }
    }

    @Test
    default void linearGeluLayerNormEqualsItsOperationsBitForBit() {
        for (int rows : ROWS) {
            for (int width : new int[] {17, 128}) {
                linearGeluLayerNorm(rows, 24, width, true, true, 0);
                linearGeluLayerNorm(rows, 64, width, true, false, 0.3f);
                linearGeluLayerNorm(rows, 72, width, false, true, 0.3f);
            }
        }
        linearGeluLayerNorm(70, 9, 128, true, true, 0);
    }

    private void linearGeluLayerNorm(
            int count, int inputs, int width, boolean ofSome, boolean withBias, float probability) {
        bench().trial("linearGeluLayerNorm", count, inputs, width, ofSome, withBias, probability);
        Dropout dropout = probability > 0 ? new Dropout(probability, bench().randomness(source())) : Dropout.NONE;
        int available = ofSome ? count / 2 + 1 : count;
        Tensor x = bench().input("x", bench().normal(available * inputs), available, inputs);
        Tensor rows = ofSome ? bench().input("rows", bench().integers(count, available), count) : null;
        Tensor weight = bench().input("weight", bench().normal(width * inputs), width, inputs);
        Tensor bias = withBias ? bench().input("bias", bench().normal(width), width) : null;
        Tensor gamma = bench().input("gamma", bench().normal(width), width);
        Tensor beta = bench().input("beta", bench().normal(width), width);
        Tensor[][] results = new Tensor[2][];
        for (int i = 0; i < 2; i++) {
            results[i] = new Tensor[] {
                bench().output("preActivation", count, width),
                bench().output("activation", count, width),
                bench().output("y", count, width),
                bench().output("stats", count, 2),
                ofSome ? bench().output("gathered", count, inputs) : x
            };
        }
        Tensor[] t = results[0];
        on().linearGeluLayerNorm(
                        new LinearGeluOperands(x, rows, ofSome ? t[4] : null, weight, bias, t[0]),
                        new LayerNormOperands(t[1], gamma, beta, EPSILON, dropout, t[2], t[3]))
                .run();
        Tensor[] expected = results[1];
        if (ofSome) {
            on().gatherRows(x, rows, expected[4]).run();
        }
        on().linearGelu(expected[4], weight, bias, expected[0], expected[1]).run();
        on().layerNorm(new LayerNormOperands(expected[1], gamma, beta, EPSILON, dropout, expected[2], expected[3]))
                .run();
        for (int i = 0; i < t.length; i++) {
            assertSame(t[i], expected[i]);
        }
    }

    @Test
    default void layerNormGeluBackwardIsBothOperations() {
        for (int rows : ROWS) {
            for (int width : new int[] {17, 128}) {
                layerNormGeluBackward(rows, width, 0);
                layerNormGeluBackward(rows, width, 0.3f);
            }
        }
        layerNormGeluBackward(600, 128, 0);
    }

    private void layerNormGeluBackward(int rows, int width, float probability) {
        bench().trial("layerNormGeluBackward", rows, width, probability);
        Dropout dropout = probability > 0 ? new Dropout(probability, bench().randomness(source())) : Dropout.NONE;
        Tensor dy = bench().input("dy", bench().normal(rows * width), rows, width);
        Tensor x = bench().input("x", bench().normal(rows * width), rows, width);
        Tensor preActivation = bench().input("preActivation", bench().normal(rows * width), rows, width);
        Tensor stats = bench().input("stats", bench().uniform(2 * rows, 0.5, 2), rows, 2);
        Tensor gamma = bench().input("gamma", bench().normal(width), width);
        Tensor[] values = new Tensor[2];
        Tensor[] parameters = new Tensor[4];
        for (int i = 0; i < 2; i++) {
            values[i] = bench().output("dx", rows, width);
            parameters[i] = bench().variable("gradient of a parameter", new double[width], width);
            parameters[i + 2] = bench().variable("gradient of a parameter", new double[width], width);
        }
        on().layerNormGeluBackward(
                        new LayerNormBackward(dy, x, stats, gamma, dropout, values[0], parameters[0], parameters[1]),
                        preActivation)
                .run();
        on().layerNormBackward(
                        new LayerNormBackward(dy, x, stats, gamma, dropout, values[1], parameters[2], parameters[3]))
                .run();
        on().geluBackward(preActivation, values[1], values[1]).run();
        bench().assertSameBits(values[0], bench().bits(values[1]));
        for (int i = 0; i < 2; i++) {
            bench().assertSameBits(parameters[i], bench().bits(parameters[i + 2]));
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

    @Test
    default void layerNormEqualsItsTwoOperationsBitForBit() {
        for (int rows : ROWS) {
            for (int width : new int[] {1, 5, 17, 100, 128}) {
                layerNorm(rows, width, 0);
                layerNorm(rows, width, 0.2f);
            }
        }
        layerNorm(600, 128, 0.1f);
    }

    private void layerNorm(int rows, int width, float probability) {
        bench().trial("layerNorm", rows, width, probability);
        ReferenceRandom source = source().inMicroBatch(2);
        Dropout dropout = probability > 0 ? new Dropout(probability, bench().randomness(source)) : Dropout.NONE;
        int n = rows * width;
        double[] dy = bench().normal(n);
        Tensor x = bench().input("x", bench().normal(n), rows, width);
        Tensor gamma = bench().input("gamma", bench().normal(width), width);
        Tensor beta = bench().input("beta", bench().normal(width), width);
        Tensor inputDy = bench().input("dy", dy, rows, width);
        double[] before = bench().normal(width);

        Tensor sum = bench().output("sum", rows, width);
        Tensor expectedY = bench().output("y of two", rows, width);
        Tensor expectedStats = bench().output("stats of two", rows, 2);
        on().addLayerNorm(
                        x,
                        new AddLayerNormOperands(
                                Dropout.NONE, null, gamma, beta, EPSILON, sum, expectedY, expectedStats))
                .run();
        on().dropout(expectedY, dropout, expectedY).run();
        Tensor expectedDx = bench().output("dx of two", rows, width);
        Tensor expectedDGamma = bench().variable("dGamma of two", before, width);
        Tensor expectedDBeta = bench().variable("dBeta of two", before, width);
        on().dropout(inputDy, dropout, expectedDx).run();
        on().addLayerNormBackward(new AddLayerNormBackward(
                        expectedDx,
                        x,
                        expectedStats,
                        gamma,
                        Dropout.NONE,
                        expectedDx,
                        null,
                        expectedDGamma,
                        expectedDBeta))
                .run();

        Tensor y = bench().output("y", rows, width);
        Tensor stats = bench().output("stats", rows, 2);
        on().layerNorm(new LayerNormOperands(x, gamma, beta, EPSILON, dropout, y, stats))
                .run();
        bench().assertSameBits(y, bench().bits(expectedY));
        bench().assertSameBits(stats, bench().bits(expectedStats));
        Tensor inPlace = bench().variable("dx in place of dy", dy, rows, width);
        for (Tensor[] pair : new Tensor[][] {{inputDy, bench().output("dx", rows, width)}, {inPlace, inPlace}}) {
            Tensor dGamma = bench().variable("dGamma", before, width);
            Tensor dBeta = bench().variable("dBeta", before, width);
            on().layerNormBackward(new LayerNormBackward(pair[0], x, stats, gamma, dropout, pair[1], dGamma, dBeta))
                    .run();
            bench().assertSameBits(pair[1], bench().bits(expectedDx));
            bench().assertSameBits(dGamma, bench().bits(expectedDGamma));
            bench().assertSameBits(dBeta, bench().bits(expectedDBeta));
        }
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
