package org.jelectra.autograd;

import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;

/**
 * What follows the two parts of a Transformer layer (Vaswani et al. 2017): {@code LayerNorm(dropout(x) + residual)}; see
 * {@link Backend#addLayerNorm}.
 *
 * @param residual as x, or null for none
 * @param gamma [H]
 * @param beta [H]
 */
public record AddNorm(Dropout dropout, Variable residual, Variable gamma, Variable beta, float epsilon) {}
