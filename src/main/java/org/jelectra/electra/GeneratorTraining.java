package org.jelectra.electra;

import java.util.Locale;

/** How the generator learns beside the main network. */
public enum GeneratorTraining {
    /** By maximum likelihood, that is masked-language modelling: ELECTRA's way. */
    MLE,
    /**
     * By policy gradients, to sample what the discriminator gets wrong (Clark et al. 2020, appendix F; REINFORCE, Williams 1992). The
     * masked-LM loss is measured only.
     */
    ADVERSARIAL,
    /**
     * Not at all: its weights stay as they are, as in the second stage of two-stage training (Clark et al. 2020, section 3.4). It
     * shares nothing, as the other network would train what they share.
     */
    FROZEN;

    /** The name as options have it, such as {@code frozen}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
