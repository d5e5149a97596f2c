package org.jelectra.inference.squad;

/**
 * An answer and how sure the model is of it.
 *
 * @param answer the best answer
 * @param probability that the answer begins and ends where it does: the product of two softmax values over the first token and the
 *     context, in the window that is surest of it (joint head: that has most context around its start); 0 where the answer is
 *     empty
 * @param nullProbability the same of "no answer", which is the first token (joint head: what its classifier says), in the window
 *     that is least sure of it
 */
public record ProbableAnswer(PredictedAnswer answer, double probability, double nullProbability) {}
