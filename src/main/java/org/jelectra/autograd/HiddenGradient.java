package org.jelectra.autograd;

import org.jelectra.tensor.Tensor;

/** The gradient {@code (dy outer) gelu'(preActivation)} of what a feed-forward part has between its two products. */
record HiddenGradient(Tensor dy, Tensor outer, Tensor preActivation) {}
