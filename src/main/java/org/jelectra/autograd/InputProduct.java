package org.jelectra.autograd;

import org.jelectra.tensor.Tensor;

/**
 * The backward pass of a linear layer, left to the normalisation whose result the layer reads: the gradient {@code dy weight} of its
 * input, then those of its parameters.
 *
 * @param dy gradient of the layer's result
 * @param bias null for none
 * @param hidden what dy still has to be computed from; null where it is there
 */
record InputProduct(Tensor dy, Variable weight, Variable bias, HiddenGradient hidden) {}
