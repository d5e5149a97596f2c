package org.jelectra.pretrain;

import java.util.Locale;

/**
 * Warns, once, of a discriminator that calls no token replaced in a whole interval after the warm-up. Early in training that is
 * usual; where it lasts, precision and recall stay 0 and the learning rate is mostly too high.
 */
final class SilentDiscriminator {

    private final double warmupSteps;
    private boolean warned;

    SilentDiscriminator(double warmupSteps) {
        this.warmupSteps = warmupSteps;
    }

    /** Looks at the predictions of an interval that ends with {@code step}. */
    void check(int step, Confusion predictions, double learningRate, PretrainListener listener) {
        long replaced = predictions.truePositives() + predictions.falseNegatives();
        long calledReplaced = predictions.truePositives() + predictions.falsePositives();
        if (replaced > 0 && calledReplaced == 0 && !warned && step > warmupSteps) {
            warned = true;
            listener.onWarning(String.format(
                    Locale.ROOT,
                    "step %,d, after the warm-up: the discriminator calls no token replaced, though %.1f %% are; if this"
                            + " lasts, lower the learning rate (now %s) or lengthen the warm-up",
                    step,
                    100 * predictions.positiveFraction(),
                    Float.toString((float) learningRate)));
        }
    }
}
