package org.jelectra.pretrain;

/**
 * What is known after a logged step.
 *
 * @param step optimiser steps done so far; 0 for given weights, before they are trained
 * @param training on the step's own batch, with dropout; NaN where there was no step
 * @param gradientNorm global norm of the gradient before clipping
 * @param learningRate rate of this step
 * @param tokensPerSecond input tokens (padding not counted) since the last logged step
 * @param flopsPerSecond floating-point operations of the model's arithmetic since the last logged step
 * @param elapsedSeconds since training began
 * @param evaluation on the held-out text, without dropout; null where this step was not evaluated
 */
public record StepMetrics(
        long step,
        ModelMetrics training,
        double gradientNorm,
        double learningRate,
        double tokensPerSecond,
        double flopsPerSecond,
        double elapsedSeconds,
        ModelMetrics evaluation) {

    /** What is known before the first step of a run that begins with given weights: how good these are. */
    public static StepMetrics before(ModelMetrics evaluation) {
        return new StepMetrics(0, ModelMetrics.UNKNOWN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 0, evaluation);
    }
}
