package org.jelectra.autograd;

import org.jelectra.tensor.Tensor;

/** The gradient {@code dy weight} of a linear layer's input. */
record InputProduct(Tensor dy, Tensor weight) {}
