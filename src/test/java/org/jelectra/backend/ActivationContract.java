package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Elementwise operations. */
interface ActivationContract extends Contract {

    /** The last size ends within the second pack that a thread has. */
    @Test
    default void fillAndAdd() {
        for (int n : new int[] {1, 5, 17, 100, 129, 52_701}) {
            bench().trial("fill, add", n);
            double[] x = bench().normal(n);
            double[] y = bench().normal(n);
            Tensor sum = bench().variable("y", y, n);
            on().add(bench().input("x", x, n), sum).run();
            bench().assertClose(sum, Reference.add(x, y), 1);

            Tensor filled = bench().output("x filled", n);
            on().fill(filled, -2.5f).run();
            assertThat(bench().read(filled)).containsOnly(-2.5);
        }
    }

    @Test
    default void readbackHoldsWhatItTook() {
        bench().trial("readback");
        Tensor floats = bench().output("floats", 2, 3);
        Tensor integers = bench().integerOutput("integers", 5);
        Readback first = on().readback(List.of(floats, integers));
        Readback second = on().readback(List.of(integers));
        on().upload(new float[] {1, 2, 3, 4, 5, 6}, 0, floats);
        on().upload(new int[] {1, 2, 3, 4, 5}, 0, integers);
        first.take();
        on().fill(floats, 9).run();
        on().upload(new int[] {6, 7, 8, 9, 10}, 0, integers);
        second.take();
        on().upload(new int[5], 0, integers);
        float[] floatTarget = new float[7];
        int[] integerTarget = new int[5];

        first.read(floats, floatTarget);
        first.read(integers, integerTarget);
        assertThat(floatTarget).containsExactly(1, 2, 3, 4, 5, 6, 0);
        assertThat(integerTarget).containsExactly(1, 2, 3, 4, 5);
        second.read(integers, integerTarget);
        assertThat(integerTarget).containsExactly(6, 7, 8, 9, 10);
        first.take();
        first.read(floats, floatTarget);
        assertThat(floatTarget).containsExactly(9, 9, 9, 9, 9, 9, 0);

        assertThatThrownBy(() -> second.read(floats, floatTarget))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not among the tensors of this readback");
        assertThatThrownBy(() -> first.read(floats, integerTarget))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("or of another type");
    }

    @Test
    default void uploadAndDownloadUseTheirOffsets() {
        bench().trial("upload");
        Tensor floats = bench().output("floats", 2, 3);
        Tensor integers = bench().integerOutput("integers", 5);
        on().upload(new float[] {9, 1, 2, 3, 4, 5, 6, 9}, 1, floats);
        on().upload(new int[] {9, 9, 1, 2, 3, 4, 5}, 2, integers);
        float[] floatTarget = {-1, -1, -1, -1, -1, -1, -1, -1};
        int[] integerTarget = {-1, -1, -1, -1, -1, -1, -1};
        on().download(floats, floatTarget, 2);
        on().download(integers, integerTarget, 1);
        assertThat(floatTarget).containsExactly(-1, -1, 1, 2, 3, 4, 5, 6);
        assertThat(integerTarget).containsExactly(-1, 1, 2, 3, 4, 5, -1);
    }

    @Test
    default void geluEqualsReference() {
        for (int n : new int[] {1, 5, 17, 100, 129, 20_011}) {
            bench().trial("gelu", n);
            // from far left of where gelu underflows to far right of where it is the identity
            double[] x = bench().uniform(n, -15, 15);
            Tensor y = bench().output("y", n);
            on().gelu(bench().input("x", x, n), y).run();
            bench().assertClose(y, Reference.gelu(x), 1);
        }
        bench().trial("gelu of special values");
        double[] x = {0, -0.0, 1e-30, -1e-30, 1e6, -1e6, 1e30, -1e30, 3e38, -3e38};
        Arrays.setAll(x, i -> bench().stored(x[i]));
        Tensor y = bench().output("y", x.length);
        on().gelu(bench().input("x", x, x.length), y).run();
        double[] expected = Reference.gelu(x);
        double[] got = bench().read(y);
        for (int i = 0; i < x.length; i++) {
            // an error of erf near 1 counts relative to x
            assertThat(Math.abs(got[i] - expected[i]))
                    .as(bench().context("gelu(" + x[i] + ")"))
                    .isLessThanOrEqualTo(1e-6 * (1 + Math.abs(x[i])) + bench().rounding() * Math.abs(x[i]));
        }
    }

    @Test
    default void geluGradientEqualsFiniteDifferences() {
        for (int n : new int[] {1, 5, 64, 129, 1025, 20_011}) {
            bench().trial("gelu backward", n);
            double[] x = bench().uniform(n, -8, 8);
            double[] dy = bench().normal(n);
            Tensor inputX = bench().input("x", x, n);
            Tensor dx = bench().output("dx", n);
            on().geluBackward(inputX, bench().input("dy", dy, n), dx).run();
            double[] expected = new double[n];
            for (int i = 0; i < n; i++) {
                expected[i] = FiniteDifferences.partial(Reference::gelu, new double[] {x[i]}, new double[] {dy[i]}, 0);
            }
            bench().assertClose(dx, expected, 4);

            Tensor inPlace = bench().variable("dx in place of dy", dy, n);
            on().geluBackward(inputX, inPlace, inPlace).run();
            bench().assertSameBits(inPlace, bench().bits(dx));
        }
    }

    @Test
    default void dropoutDecidesAsDocumented() {
        for (int n : new int[] {1, 5, 7, 17, 129, 4257, 40_001}) {
            for (int microBatch : new int[] {0, 1, 3, 1 << 30}) {
                for (float probability : new float[] {0.1f, 0.5f, 0.999f}) {
                    dropout(n, microBatch, probability);
                }
            }
        }
        for (int n : new int[] {129, 4257, 40_001}) {
            // within these elements the number of the block passes 2^32, from one counter word into the next
            dropout(n, (int) ((1L << 35) / n), 0.3f);
        }
    }

    private void dropout(int n, int microBatch, float probability) {
        bench().trial("dropout", n, microBatch, probability);
        ReferenceRandom source = source().inMicroBatch(microBatch);
        Dropout dropout = new Dropout(probability, bench().randomness(source));
        double[] x = bench().normal(n);
        Tensor y = bench().output("y", n);
        on().dropout(bench().input("x", x, n), dropout, y).run();
        bench().assertClose(y, Reference.multiply(x, source.dropoutFactors(dropout, n)), 0, 0);

        Tensor inPlace = bench().variable("y in place of x", x, n);
        on().dropout(inPlace, dropout, inPlace).run();
        bench().assertSameBits(inPlace, bench().bits(y));
    }

    @Test
    default void dropoutWithoutProbabilityCopies() {
        bench().trial("no dropout");
        double[] x = bench().normal(129);
        Tensor y = bench().output("y", 129);
        on().dropout(bench().input("x", x, 129), Dropout.NONE, y).run();
        assertThat(bench().read(y)).containsExactly(x);
    }

    @Test
    default void microBatchesDrawTheDecisionsOfTheWholeBatch() {
        for (int half : new int[] {3, 8, 15, 1024, 2145}) {
            bench().trial("dropout of halves", half);
            double[] ones = new double[2 * half];
            Arrays.fill(ones, 1);
            double[] whole = dropped(ones, 0);
            double[] first = dropped(Arrays.copyOfRange(ones, 0, half), 0);
            double[] second = dropped(Arrays.copyOfRange(ones, half, 2 * half), 1);
            assertThat(Arrays.copyOfRange(whole, 0, half)).containsExactly(first);
            assertThat(Arrays.copyOfRange(whole, half, 2 * half)).containsExactly(second);
        }
    }

    private double[] dropped(double[] x, int microBatch) {
        Randomness randomness = bench().randomness(source().inMicroBatch(microBatch));
        Tensor y = bench().output("y", x.length);
        on().dropout(bench().input("x", x, x.length), new Dropout(0.3f, randomness), y)
                .run();
        return bench().read(y);
    }

    @Test
    default void dropoutKeepsItsShareAndDependsOnStepAndStream() {
        int n = 100_000;
        for (float probability : new float[] {0.1f, 0.25f, 0.9f}) {
            bench().trial("share of dropout", probability);
            double[] ones = new double[n];
            Arrays.fill(ones, 1);
            Tensor x = bench().input("x", ones, n);
            double[][] results = new double[3][];
            ReferenceRandom source = source();
            ReferenceRandom[] sources = {
                source, source.atStep(source.step() + 1), new ReferenceRandom(source.seed(), 7, source.step(), 0)
            };
            for (int i = 0; i < sources.length; i++) {
                Dropout dropout = new Dropout(probability, bench().randomness(sources[i]));
                Tensor y = bench().output("y", n);
                on().dropout(x, dropout, y).run();
                results[i] = bench().read(y);
                double kept = Arrays.stream(results[i]).filter(v -> v != 0).count();
                double sigma = Math.sqrt(n * probability * (1 - probability));
                assertThat(kept)
                        .as(bench().context("kept elements"))
                        .isBetween(n * (1 - probability) - 5 * sigma, n * (1 - probability) + 5 * sigma);
            }
            assertThat(results[1]).isNotEqualTo(results[0]);
            assertThat(results[2]).isNotEqualTo(results[0]);
        }
    }
}
