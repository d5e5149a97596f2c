/**
 * ELECTRA (Clark, Luong, Le, Manning, ICLR 2020): presets, generator, discriminator, the joint pre-training step, compute
 * accounting, and the files of a model: configuration, weights, tokenizer.
 */
package org.jelectra.electra;
