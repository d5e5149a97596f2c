package org.jelectra.backend;

import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The feed-forward part of a Transformer layer, both ways, is its operations one after the other. */
interface FeedForwardContract extends Contract {

    /** Widths of rows and of what lies between the products. */
    int[][] SIZES = {{17, 24}, {64, 96}, {64, 128}, {256, 64}};

    @Test
    default void feedForwardAddLayerNormIsItsOperations() {
        for (int rows : ROWS) {
            for (int[] size : SIZES) {
                feedForwardAddLayerNorm(rows, size[0], size[1], 0);
                feedForwardAddLayerNorm(rows, size[0], size[1], 0.2f);
            }
        }
    }

    private void feedForwardAddLayerNorm(int rows, int width, int intermediate, float probability) {
        bench().trial("feedForwardAddLayerNorm", rows, width, intermediate, probability);
        Dropout dropout = probability > 0 ? new Dropout(probability, bench().randomness(source())) : Dropout.NONE;
        Tensor x = bench().input("x", bench().normal(rows * width), rows, width);
        Tensor inner = bench().input("inner", bench().normal(intermediate * width), intermediate, width);
        Tensor innerBias = bench().input("innerBias", bench().normal(intermediate), intermediate);
        Tensor outer = bench().input("outer", bench().normal(width * intermediate), width, intermediate);
        Tensor outerBias = bench().input("outerBias", bench().normal(width), width);
        Tensor gamma = bench().input("gamma", bench().normal(width), width);
        Tensor beta = bench().input("beta", bench().normal(width), width);
        Tensor[][] results = new Tensor[2][];
        for (int i = 0; i < 2; i++) {
            results[i] = new Tensor[] {
                bench().output("preActivation", rows, intermediate),
                bench().output("activation", rows, intermediate),
                bench().output("sum", rows, width),
                bench().output("y", rows, width),
                bench().output("stats", rows, 2)
            };
        }
        Tensor[] t = results[0];
        on().feedForwardAddLayerNorm(
                        new FeedForwardOperands(x, inner, innerBias, t[0], t[1], outer, outerBias),
                        new AddLayerNormOperands(dropout, x, gamma, beta, 1e-12f, t[2], t[3], t[4]))
                .run();
        Tensor[] expected = results[1];
        on().linearGelu(x, inner, innerBias, expected[0], expected[1]).run();
        on().linear(expected[1], outer, outerBias, expected[2]).run();
        on().addLayerNorm(
                        expected[2],
                        new AddLayerNormOperands(
                                dropout, x, gamma, beta, 1e-12f, expected[2], expected[3], expected[4]))
                .run();
        for (int i = 0; i < t.length; i++) {
            assertSame(t[i], expected[i]);
        }
    }

    @Test
    default void feedForwardBackwardInputLayerNormIsItsOperations() {
        for (int rows : ROWS) {
            for (int[] size : SIZES) {
                feedForwardBackwardInputLayerNorm(rows, size[0], size[1], false, 0.3f);
                feedForwardBackwardInputLayerNorm(rows, size[0], size[1], true, 0);
            }
        }
    }

    private void feedForwardBackwardInputLayerNorm(
            int rows, int width, int intermediate, boolean adding, float probability) {
        bench().trial("feedForwardBackwardInputLayerNorm", rows, width, intermediate, adding, probability);
        Dropout dropout = probability > 0 ? new Dropout(probability, bench().randomness(source())) : Dropout.NONE;
        double[] others = bench().normal(rows * width);
        Tensor dy = bench().input("dy", bench().normal(rows * width), rows, width);
        Tensor outer = bench().input("outer", bench().normal(width * intermediate), width, intermediate);
        Tensor preActivation = bench().input("preActivation", bench().normal(rows * intermediate), rows, intermediate);
        Tensor inner = bench().input("inner", bench().normal(intermediate * width), intermediate, width);
        Tensor sum = bench().input("sum", bench().normal(rows * width), rows, width);
        Tensor stats = bench().input("stats", bench().uniform(2 * rows, 0.5, 2), rows, 2);
        Tensor gamma = bench().input("gamma", bench().normal(width), width);
        Tensor added = adding ? bench().variable("dOut of others", others, rows, width) : null;
        Tensor gradient = bench().variable("dOut", others, rows, width);
        Tensor[][] values = new Tensor[2][];
        Tensor[][] parameters = new Tensor[2][];
        for (int i = 0; i < 2; i++) {
            values[i] = new Tensor[] {
                bench().output("dPreActivation", rows, intermediate),
                bench().output("dx", rows, width),
                bench().output("dResidual", rows, width)
            };
            parameters[i] = new Tensor[] {
                bench().variable("dGamma", new double[width], width),
                bench().variable("dBeta", new double[width], width)
            };
        }
        Tensor[] got = values[0];
        on().feedForwardBackwardInputLayerNorm(
                        new FeedForwardBackward(dy, outer, preActivation, got[0], inner),
                        new AddLayerNormBackward(
                                added, sum, stats, gamma, dropout, got[1], got[2], parameters[0][0], parameters[0][1]))
                .run();
        Tensor[] expected = values[1];
        on().linearBackwardInputGelu(dy, outer, preActivation, expected[0]).run();
        on().linearBackwardInput(expected[0], inner, gradient, adding).run();
        on().addLayerNormBackward(new AddLayerNormBackward(
                        gradient,
                        sum,
                        stats,
                        gamma,
                        dropout,
                        expected[1],
                        expected[2],
                        parameters[1][0],
                        parameters[1][1]))
                .run();
        for (int i = 0; i < got.length; i++) {
            assertSame(got[i], expected[i]);
        }
        for (int i = 0; i < 2; i++) {
            // sums over the rows of terms of about 200, whose order may differ
            bench().assertClose(parameters[0][i], bench().read(parameters[1][i]), rows, 200);
        }
    }
}
