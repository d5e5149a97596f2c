package org.jelectra.backend;

/** The official AdamWeightDecay on one arena, in plain double arithmetic. */
final class ReferenceOptimizer {

    private ReferenceOptimizer() {}

    /** {@code sqrt(sum of squares)}. */
    static double norm(double[] x) {
        double sum = 0;
        for (double value : x) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    /** One step on {@code parameters}, {@code m} and {@code v} in place. */
    static void step(
            double[] parameters,
            double[] gradients,
            double[] m,
            double[] v,
            double norm,
            double rate,
            AdamWOptions options) {
        double clip = options.clipNorm() == 0 ? 1 : options.clipNorm() / Math.max(norm, options.clipNorm());
        for (AdamWOptions.Segment segment : options.segments()) {
            for (int i = (int) segment.offset(); i < segment.offset() + segment.length(); i++) {
                double g = gradients[i] * clip;
                m[i] = options.beta1() * m[i] + (1.0 - options.beta1()) * g;
                v[i] = options.beta2() * v[i] + (1.0 - options.beta2()) * g * g;
                double update = m[i] / (Math.sqrt(v[i]) + options.epsilon()) + segment.weightDecay() * parameters[i];
                parameters[i] -= rate * segment.rateFactor() * update;
            }
        }
    }
}
