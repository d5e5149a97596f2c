package org.jelectra.finetune;

/**
 * What is logged of a step.
 *
 * @param step updates done so far
 * @param epoch passes over the data done so far, fractional
 * @param loss mean of the minimised loss over the examples since the last report
 * @param gradientNorm global norm of the step's gradient, before clipping
 * @param learningRate rate of the step, before layer-wise decay
 * @param tokensPerSecond tokens, padding not counted, per second since the last report
 * @param elapsedSeconds time since the run began, interruptions not counted
 * @param evaluation on the development set, or null where none was due
 */
public record StepReport(
        int step,
        double epoch,
        double loss,
        double gradientNorm,
        double learningRate,
        double tokensPerSecond,
        double elapsedSeconds,
        Evaluation evaluation) {}
