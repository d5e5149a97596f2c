package org.jelectra.optim;

/**
 * ELECTRA's learning rate: polynomial decay to 0 over the whole run, <em>multiplied</em> by a linear warm-up. So the first step
 * has rate 0, and the peak, {@code rate (1 - warmupSteps / steps)^power} at the end of the warm-up, stays below the nominal rate.
 *
 * @param rate nominal rate
 * @param steps length of the run
 * @param warmupSteps length of the warm-up, may be fractional; 0: none (the original divides 0 by 0 there)
 * @param power exponent of the decay
 */
public record LearningRateSchedule(double rate, long steps, double warmupSteps, double power) {

    /** @throws IllegalArgumentException if the rate, the warm-up or the exponent is negative or NaN, or there are no steps */
    public LearningRateSchedule {
        if (!(rate >= 0) || steps < 1 || !(warmupSteps >= 0) || !(power >= 0)) {
            throw new IllegalArgumentException(
                    "the learning rate, the warm-up and the decay's exponent must not be negative and the run must have steps,"
                            + " got rate " + rate + ", warm-up " + warmupSteps + ", exponent " + power + ", steps "
                            + steps);
        }
    }

    /** The rate of the update after {@code step} earlier ones. */
    public double at(long step) {
        double decay = Math.pow(1 - (double) Math.min(step, steps) / steps, power);
        double warmup = warmupSteps == 0 ? 1 : Math.min(1, step / warmupSteps);
        return rate * decay * warmup;
    }
}
