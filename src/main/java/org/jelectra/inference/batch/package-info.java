/**
 * Texts as a model reads them, and what computes many of them at once: padded to the next of a few lengths
 * ({@link org.jelectra.inference.batch.LengthBuckets}) and put into batches of texts of similar length
 * ({@link org.jelectra.inference.batch.TextRunner}). Fine-tuning evaluates with the same classes, so that a trained model
 * answers as it was measured. Not safe for use by several threads.
 */
package org.jelectra.inference.batch;
