package org.jelectra.electra;

import java.util.Locale;

/**
 * What is trained: ELECTRA, the BERT baseline, and the objectives between them that Clark et al. 2020, section 3.4, compares. All but
 * {@link #MLM} have two networks: a generator that learns masked-language modelling and corrupts the text, and a main network that
 * reads the corrupted text.
 */
public enum Objective {
    /** The main network, a discriminator, tells for every token whether it was replaced. */
    ELECTRA,
    /** The discriminator's loss counts at the selected positions alone, those whose tokens the generator guesses. */
    ELECTRA_15,
    /** The main network predicts the original tokens at the selected positions; it never sees [MASK]. */
    REPLACE_MLM,
    /** The main network predicts the original token at every position, and may copy its input. */
    ALL_TOKENS_MLM,
    /** One full-size encoder by masked-language modelling: the BERT baseline, without next-sentence prediction. */
    MLM;

    /** Whether there is a main network beside the generator. */
    public boolean hasMainNetwork() {
        return this != MLM;
    }

    /** Whether the main network is a discriminator; else it predicts tokens, where there is one. */
    public boolean hasDiscriminator() {
        return this == ELECTRA || this == ELECTRA_15;
    }

    /** The name as options have it, such as {@code all-tokens-mlm}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
