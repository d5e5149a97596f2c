/**
 * Question answering on a given text: SQuAD 1.1 and 2.0.
 *
 * <p>{@link org.jelectra.finetune.squad.SquadReader} reads the data, {@link org.jelectra.finetune.squad.WindowCutter} makes
 * sequences of it, {@link org.jelectra.finetune.squad.SpanDecoder} and {@link org.jelectra.finetune.squad.JointSpanDecoder} answers
 * of the scores of a model with either {@link org.jelectra.finetune.squad.SquadHead}, and
 * {@link org.jelectra.finetune.squad.SquadScores} the official metrics. {@link org.jelectra.finetune.squad.SquadTask} puts them
 * under the fine-tuning loop; {@link org.jelectra.finetune.squad.QuestionAnswerer} is a trained model that answers.
 *
 * <p>Source: Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text" (2016) and "Know What You Don't
 * Know: Unanswerable Questions for SQuAD" (2018).
 */
package org.jelectra.finetune.squad;
