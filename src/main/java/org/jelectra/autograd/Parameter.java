package org.jelectra.autograd;

import org.jelectra.tensor.Tensor;

/**
 * A trained tensor and its gradient, equal in shape. Backward passes add to the gradient; whoever begins a step clears it.
 *
 * @param name unique name within the model
 * @param value the weights
 * @param gradient sum of the gradients since it was last cleared
 */
public record Parameter(String name, Tensor value, Tensor gradient) {}
