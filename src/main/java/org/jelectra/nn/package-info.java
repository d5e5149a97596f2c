/**
 * Layers of a Transformer encoder over the tape. Layers add their parameters to a {@link org.jelectra.nn.ParameterArena} under
 * HuggingFace's names when they are made, and record their operations when they are applied.
 */
package org.jelectra.nn;
