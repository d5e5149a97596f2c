/**
 * ELECTRA (Clark, Luong, Le, Manning, ICLR 2020): presets, generator, discriminator, the joint pre-training step, and the
 * files of a model: configuration, weights, tokenizer. {@code heads} are those of tasks, {@code flops} counts compute, {@code onnx} exports.
 */
package org.jelectra.electra;
