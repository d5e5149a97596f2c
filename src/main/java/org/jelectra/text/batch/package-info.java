/**
 * Sequences to training batches: {@link org.jelectra.text.batch.BatchSource} makes the batch of any step,
 * {@link org.jelectra.text.batch.EvaluationBatches} those of held-out text, {@link org.jelectra.text.batch.Masking} chooses the
 * tokens to guess, and {@link org.jelectra.text.batch.Prefetcher} is a few batches ahead. Everything random is a pure function of
 * the seed and the step.
 */
package org.jelectra.text.batch;
