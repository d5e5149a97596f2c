package org.jelectra.autograd;

import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;

/**
 * What follows the embeddings of a Transformer (Devlin et al. 2019): {@code dropout(LayerNorm(x))}; see {@link Backend#layerNorm}.
 *
 * @param gamma [E]
 * @param beta [E]
 */
public record NormDropout(Variable gamma, Variable beta, float epsilon, Dropout dropout) {}
