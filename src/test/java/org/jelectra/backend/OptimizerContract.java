package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.jelectra.backend.AdamWOptions.Segment;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Gradient norm and weight update. */
interface OptimizerContract extends Contract {

    /** Parts of an arena of 150 000 elements; 3 elements behind the first, and the last 200, lie in none. */
    List<Segment> SEGMENTS = List.of(
            new Segment(0, 1, 1, 0.01f),
            new Segment(4, 253, 1, 0),
            new Segment(257, 139_743, 0.64f, 0.01f),
            new Segment(140_000, 9800, 0, 0.5f));

    int ARENA = 150_000;

    @Test
    default void globalNormEqualsReference() {
        for (int n : new int[] {1, 3, 17, 129, 4095, 4097, 100_003}) {
            for (double magnitude : new double[] {1e-6, 1, 1e6}) {
                bench().trial("globalNorm", n, magnitude);
                double[] x = bench().uniform(n, 0, magnitude);
                Tensor norm = bench().variable("norm", new double[1], 1);
                on().globalNorm(bench().input("gradients", x, n), norm).run();
                // all terms are positive, so errors stay relative to the norm
                double expected = ReferenceOptimizer.norm(x);
                bench().assertClose(norm, new double[] {expected}, 0, expected);
            }
        }
        bench().trial("globalNorm of zeros");
        Tensor norm = bench().variable("norm", new double[1], 1);
        on().globalNorm(bench().input("gradients", new double[9], 3, 3), norm).run();
        assertThat(bench().read(norm)).containsExactly(0);
    }

    @Test
    default void globalNormStaysWhereItIsNotFinite() {
        bench().trial("globalNorm that is not finite");
        Tensor gradients = bench().variable("gradients", new double[] {3, 4}, 2);
        Tensor norm = bench().variable("norm", new double[1], 1);
        Operation measure = on().globalNorm(gradients, norm);
        bench().write(gradients, new double[] {3, Double.NaN});
        measure.run();
        assertThat(bench().read(norm)).containsExactly(Double.NaN);

        bench().write(gradients, new double[] {3, 4});
        measure.run();
        assertThat(bench().read(norm)).containsExactly(Double.NaN);

        bench().write(norm, new double[] {1});
        measure.run();
        assertThat(bench().read(norm)).containsExactly(5);
    }

    @Test
    default void adamWChangesNothingWhereTheNormIsNotFinite() {
        for (double norm : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            for (float clipNorm : new float[] {0, 1}) {
                bench().trial("adamW", norm, clipNorm);
                double[] before = bench().uniform(9, 0.5, 1);
                Tensor p = bench().variable("parameters", before, 9);
                Tensor m = bench().variable("m", before, 9);
                Tensor v = bench().variable("v", before, 9);
                Tensor gradients = bench().input("gradients", new double[] {1, 2, Double.NaN, 4, 5, 6, 7, 8, 9}, 9);
                AdamWOptions options = new AdamWOptions(
                        0.9, 0.999, 1e-6f, clipNorm, bench().number("rate", 1), List.of(new Segment(0, 9, 1, 0.01f)));
                Tensor measured = bench().number("norm", norm);
                double[] expected = bench().read(p);
                on().adamW(p, gradients, m, v, measured, options).run();
                assertThat(bench().read(p)).isEqualTo(expected);
                assertThat(bench().read(m)).isEqualTo(expected);
                assertThat(bench().read(v)).isEqualTo(expected);
            }
        }
    }

    @Test
    default void adamWEqualsReference() {
        adamW(0.5f, 2, "clipping inactive");
        adamW(3.5f, 1, "clipping active");
        adamW(1, 1, "norm at the limit");
        adamW(3.5f, 0, "no clipping");
        adamW(0, 1, "norm 0");
    }

    private void adamW(float norm, float clipNorm, String kind) {
        bench().trial("adamW", norm, clipNorm, kind);
        double[] parameters = bench().normal(ARENA);
        double[] gradients = norm == 0 ? new double[ARENA] : bench().normal(ARENA);
        double[] m = bench().normal(ARENA);
        double[] v = bench().uniform(ARENA, 0, 1);
        // where a parameter has never had a gradient, epsilon is all that is divided by
        m[2000] = v[2000] = gradients[2000] = 0;
        Tensor rate = bench().output("learningRate", 1);
        AdamWOptions options = new AdamWOptions(0.9, 0.999, 1e-6f, clipNorm, rate, SEGMENTS);
        Tensor p = bench().variable("parameters", parameters, ARENA);
        Tensor g = bench().input("gradients", gradients, ARENA);
        Tensor firstMoment = bench().variable("m", m, ARENA);
        Tensor secondMoment = bench().variable("v", v, ARENA);
        double[] before = parameters.clone();
        Operation step = on().adamW(p, g, firstMoment, secondMoment, bench().number("norm", norm), options);
        for (float learningRate : new float[] {0, 0.01f, 0.003f}) {
            bench().write(rate, new double[] {learningRate});
            step.run();
            ReferenceOptimizer.step(parameters, gradients, m, v, norm, learningRate, options);
            bench().assertClose(firstMoment, m, 4);
            bench().assertClose(secondMoment, v, 4, 0.25);
            bench().assertClose(p, parameters, 4);
            if (learningRate == 0) {
                assertThat(bench().read(p)).isEqualTo(before);
            }
        }
        double[] after = bench().read(p);
        for (int i : new int[] {1, 3, 149_800, 149_999}) {
            assertThat(after[i])
                    .as(bench().context("element outside all segments"))
                    .isEqualTo(before[i]);
        }
        assertThat(Arrays.copyOfRange(after, 140_000, 149_800))
                .as(bench().context("segment of rate 0"))
                .isEqualTo(Arrays.copyOfRange(before, 140_000, 149_800));
    }

    @Test
    default void segmentsMustLieInTheArena() {
        bench().trial("segment outside");
        Tensor arena = bench().variable("arena", new double[10], 10);
        Tensor number = bench().number("number", 1);
        for (Segment segment : List.of(
                new Segment(8, 3, 1, 0),
                new Segment(-1, 3, 1, 0),
                new Segment(11, 1, 1, 0),
                new Segment(Long.MAX_VALUE, 1, 1, 0),
                new Segment(0, -1, 1, 0))) {
            AdamWOptions options = new AdamWOptions(0.9, 0.999, 1e-6f, 1, number, List.of(segment));
            assertThatThrownBy(() -> on().adamW(arena, arena, arena, arena, number, options))
                    .as("%s", segment)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    default void segmentsMustNotOverlap() {
        bench().trial("segments that overlap");
        Tensor arena = bench().variable("arena", new double[10], 10);
        Tensor number = bench().number("number", 1);
        Segment first = new Segment(0, 4, 1, 0);
        Segment last = new Segment(4, 6, 1, 0);
        Segment nothing = new Segment(2, 0, 1, 0);
        on().adamW(arena, arena, arena, arena, number, options(number, last, nothing, first));
        Segment between = new Segment(3, 2, 1, 0);
        assertThatThrownBy(() ->
                        on().adamW(arena, arena, arena, arena, number, options(number, last, nothing, first, between)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("AdamW: segments must have no parameters in common, got " + first + " and " + between);
        Segment end = new Segment(8, 2, 1, 0);
        assertThatThrownBy(() -> on().adamW(arena, arena, arena, arena, number, options(number, end, first, last)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("AdamW: segments must have no parameters in common, got " + last + " and " + end);
    }

    private static AdamWOptions options(Tensor learningRate, Segment... segments) {
        return new AdamWOptions(0.9, 0.999, 1e-6f, 1, learningRate, List.of(segments));
    }
}
