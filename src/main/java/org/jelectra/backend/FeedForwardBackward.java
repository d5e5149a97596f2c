package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * The way back through the feed-forward part of a Transformer layer to its input; see
 * {@link LayerNormGradients#feedForwardBackwardInputLayerNorm}.
 *
 * @param dy [M,K]: gradient of the second product
 * @param outer [K,F]
 * @param preActivation [M,F], from the forward pass
 * @param dPreActivation [M,F]: written, for the gradient of {@code inner}
 * @param inner [F,H]
 */
public record FeedForwardBackward(Tensor dy, Tensor outer, Tensor preActivation, Tensor dPreActivation, Tensor inner) {}
