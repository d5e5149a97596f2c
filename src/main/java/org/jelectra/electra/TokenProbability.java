package org.jelectra.electra;

/**
 * A token as the discriminator saw it.
 *
 * @param token the token in its input; continuations of a word begin with {@code ##}
 * @param original the token of the text where the generator had to guess it, else null
 * @param replaced whether token differs from the original
 * @param probability the discriminator's probability that the token was replaced
 */
public record TokenProbability(String token, String original, boolean replaced, double probability) {}
