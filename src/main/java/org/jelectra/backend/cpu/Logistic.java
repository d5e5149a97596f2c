package org.jelectra.backend.cpu;

/** Functions of one logit in double, exact to its precision for any finite one. */
final class Logistic {

    private Logistic() {}

    /** {@code 1 / (1 + exp(-x))}. */
    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** {@code log(1 + exp(x)) = -log sigmoid(-x)}. */
    static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
