package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * A draw of one token per row of logits [R,V]; see {@link Backend#sampleMultinomial}.
 *
 * @param temperature positive; the logits are divided by it
 * @param randomness one number a row: element r of the stream, word 0
 * @param sampled INT32 [R], written
 */
public record MultinomialDraw(float temperature, Randomness randomness, Tensor sampled) {}
