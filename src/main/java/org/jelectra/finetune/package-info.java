/**
 * Fine-tuning: the loop that trains a model on a task, what a task is, and what a run writes.
 *
 * <p>{@link org.jelectra.finetune.FineTuneRun} trains a model per seed and knows nothing of any task: it asks a
 * {@link org.jelectra.finetune.FineTuningTask} for recordings of a few sequence lengths, fills them with batches, updates the
 * parameters, and has the task evaluate itself. A kind of task is an implementation of
 * {@link org.jelectra.finetune.FineTuningTask} over an {@link org.jelectra.electra.heads.EncoderWithHead}, and a
 * {@link org.jelectra.finetune.TaskGraph} that records encoder, head and loss: labels, numbers and tags in
 * {@link org.jelectra.finetune.tasks}, question answering in {@link org.jelectra.finetune.squad}, others in packages of their own.
 */
package org.jelectra.finetune;
