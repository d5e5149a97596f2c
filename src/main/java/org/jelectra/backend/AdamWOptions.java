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

    public AdamWOptions {
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
    public record Segment(long offset, long length, float rateFactor, float weightDecay) {}
}
