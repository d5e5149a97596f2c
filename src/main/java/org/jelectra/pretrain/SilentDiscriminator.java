package org.jelectra.pretrain;

import java.util.Locale;

/**
 * Warns, once, of a discriminator that calls no token replaced for 100 steps after the warm-up. For a few steps that is
 * usual; where it lasts, precision and recall stay 0 and the learning rate is mostly too high.
 */
final class SilentDiscriminator {

    private static final int LONG = 100;

    private double silentSince;
    private boolean warned;

    /** @param warmupSteps end of the warm-up; where a run begins later, its first step */
    SilentDiscriminator(double warmupSteps) {
        silentSince = warmupSteps;
    }

    /** Looks at the predictions of an interval that ends with {@code step}. */
    void check(int step, Confusion predictions, double learningRate, PretrainListener listener) {
        long replaced = predictions.truePositives() + predictions.falseNegatives();
        long calledReplaced = predictions.truePositives() + predictions.falsePositives();
        if (calledReplaced > 0) {
            silentSince = Math.max(silentSince, step);
        } else if (replaced > 0 && !warned && step >= silentSince + LONG) {
            warned = true;
            listener.onWarning(String.format(
                    Locale.ROOT,
                    "step %,d: for %,.0f steps after the warm-up the discriminator has called no token replaced, though"
                            + " %.1f %% are; if this lasts, lower the learning rate (now %s) or lengthen the warm-up",
                    step,
                    step - silentSince,
                    100 * predictions.positiveFraction(),
                    Float.toString((float) learningRate)));
        }
    }
}
