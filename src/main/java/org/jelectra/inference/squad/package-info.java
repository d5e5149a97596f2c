/**
 * Answers to questions on a given text, as SQuAD asks them.
 *
 * <p>{@link org.jelectra.inference.squad.WindowCutter} makes sequences of a question and its text,
 * {@link org.jelectra.inference.squad.SpanPredictor} computes their scores with either
 * {@link org.jelectra.inference.squad.SquadHead}, {@link org.jelectra.inference.squad.SpanDecoder} and
 * {@link org.jelectra.inference.squad.JointSpanDecoder} make answers of them.
 * {@link org.jelectra.inference.squad.QuestionAnswerer} is a trained model that answers.
 */
package org.jelectra.inference.squad;
