/**
 * ELECTRA (Clark, Luong, Le, Manning, ICLR 2020): presets, generator, discriminator, the joint pre-training step, and compute
 * accounting.
 */
package org.jelectra.electra;
