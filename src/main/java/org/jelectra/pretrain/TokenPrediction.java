package org.jelectra.pretrain;

/**
 * What the model says of one token.
 *
 * @param token the token that the discriminator saw
 * @param original the token of the text
 * @param masked whether the generator had to predict this token
 * @param probability the discriminator's probability that the token was replaced; NaN where there is no discriminator
 */
public record TokenPrediction(String token, String original, boolean masked, double probability) {

    /** Whether the generator put another token in the place of the original. */
    public boolean replaced() {
        return !token.equals(original);
    }
}
