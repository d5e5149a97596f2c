package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * What the two linear layers of the feed-forward part of a Transformer layer read and write; see
 * {@link Backend#feedForwardAddLayerNorm}.
 *
 * @param x [M,K]
 * @param inner [F,K]
 * @param innerBias [F], or null for none
 * @param preActivation [M,F]: written, kept for the backward pass
 * @param activation [M,F]: written, kept for the gradient of {@code outer}
 * @param outer [H,F]
 * @param outerBias [H]
 */
public record FeedForwardOperands(
        Tensor x,
        Tensor inner,
        Tensor innerBias,
        Tensor preActivation,
        Tensor activation,
        Tensor outer,
        Tensor outerBias) {}
