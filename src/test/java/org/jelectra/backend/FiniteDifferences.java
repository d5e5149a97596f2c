package org.jelectra.backend;

import java.util.function.UnaryOperator;

/**
 * Derivatives of {@code sum(dy * f(x))} by central differences in double precision. With a step of 1e-5 the neglected third
 * derivative contributes about 1e-10 and rounding about 1e-11: far less than the rounding of a float32 result.
 */
final class FiniteDifferences {

    private static final double STEP = 1e-5;

    private FiniteDifferences() {}

    /** Derivative with respect to one element of x. */
    static double partial(UnaryOperator<double[]> f, double[] x, double[] dy, int index) {
        double[] direction = new double[x.length];
        direction[index] = 1;
        return directional(f, x, dy, direction);
    }

    /** Derivative along a direction: the sum of the gradient's elements times the direction's. */
    static double directional(UnaryOperator<double[]> f, double[] x, double[] dy, double[] direction) {
        double[] above = f.apply(moved(x, direction, STEP));
        double[] below = f.apply(moved(x, direction, -STEP));
        double sum = 0;
        for (int i = 0; i < dy.length; i++) {
            sum += dy[i] * (above[i] - below[i]);
        }
        return sum / (2 * STEP);
    }

    /** The whole gradient. */
    static double[] gradient(UnaryOperator<double[]> f, double[] x, double[] dy) {
        double[] gradient = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            gradient[i] = partial(f, x, dy, i);
        }
        return gradient;
    }

    private static double[] moved(double[] x, double[] direction, double step) {
        double[] moved = x.clone();
        for (int i = 0; i < x.length; i++) {
            moved[i] += step * direction[i];
        }
        return moved;
    }
}
