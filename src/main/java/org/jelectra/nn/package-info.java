/**
 * Layers of a Transformer encoder over the tape. Layers add their parameters to a {@link org.jelectra.nn.ParameterArena} under
 * HuggingFace's names when they are made, and record their operations when they are applied.
 * {@link org.jelectra.nn.TensorBytes} moves tensors to and from snapshots.
 */
package org.jelectra.nn;
