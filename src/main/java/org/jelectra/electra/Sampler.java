package org.jelectra.electra;

/** How replacement tokens are drawn from the generator; both are exact and follow the same distribution. */
public enum Sampler {
    /** Inverse of the cumulative distribution: one random number a token. */
    MULTINOMIAL,
    /** Gumbel-max, as in the official code: one random number for every token and word. */
    GUMBEL
}
