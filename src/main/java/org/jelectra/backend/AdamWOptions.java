package org.jelectra.backend;

import java.util.List;
import org.jelectra.tensor.Tensor;

/**
 * Constants of the AdamW update of parameters side by side.
 *
 * @param beta1 decay of the first moment; a double, because 1 - beta is needed and 1 - 0.999f is 1.3e-5 off
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 * @param clipNorm largest global gradient norm; larger gradients are scaled down to it. 0: no clipping
 * @param learningRate FLOAT32[1]: rate of this step; data that a replay reads
 * @param segments parts of the parameters with their own factors, no element in two of them; elements outside all segments do not change
 */
public record AdamWOptions(
        double beta1, double beta2, float epsilon, float clipNorm, Tensor learningRate, List<Segment> segments) {

    /** @throws IllegalArgumentException for constants with which weights would become NaN or a limit be none */
    public AdamWOptions {
        require(beta1 >= 0 && beta1 < 1, "beta1 must be in [0, 1)", beta1);
        require(beta2 >= 0 && beta2 < 1, "beta2 must be in [0, 1)", beta2);
        require(epsilon > 0 && epsilon <= Float.MAX_VALUE, "epsilon must be a positive number", epsilon);
        require(clipNorm >= 0, "clipNorm must be 0, for no clipping, or a positive number", clipNorm);
        segments = List.copyOf(segments);
    }

    /**
     * A range of the parameters.
     *
     * @param offset first element
     * @param length number of elements
     * @param rateFactor factor of the learning rate (layer-wise decay), usually 1
     * @param weightDecay decay of these elements, 0 for biases and LayerNorm parameters
     */
    public record Segment(long offset, long length, float rateFactor, float weightDecay) {

        /** @throws IllegalArgumentException for a factor or a decay that is negative or not finite */
        public Segment {
            require(notNegative(rateFactor), "the rate's factor must be 0 or a positive number", rateFactor);
            require(notNegative(weightDecay), "the weight decay must be 0 or a positive number", weightDecay);
        }

        private static boolean notNegative(float value) {
            return value >= 0 && value <= Float.MAX_VALUE;
        }
    }

    private static void require(boolean holds, String expected, double value) {
        if (!holds) {
            throw new IllegalArgumentException("AdamW: " + expected + ", got " + value);
        }
    }
}
