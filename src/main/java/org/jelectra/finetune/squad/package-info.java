/**
 * Fine-tuning on SQuAD 1.1 and 2.0: {@link org.jelectra.finetune.squad.SquadReader} reads the data,
 * {@link org.jelectra.finetune.squad.SpanGraph} and {@link org.jelectra.finetune.squad.JointSpanGraph} train the two heads,
 * {@link org.jelectra.finetune.squad.SquadScores} are the official metrics, and
 * {@link org.jelectra.finetune.squad.SquadTask} puts them under the fine-tuning loop. What answers is
 * {@link org.jelectra.inference.squad}.
 *
 * <p>Source: Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text" (2016) and "Know What You Don't
 * Know: Unanswerable Questions for SQuAD" (2018).
 */
package org.jelectra.finetune.squad;
