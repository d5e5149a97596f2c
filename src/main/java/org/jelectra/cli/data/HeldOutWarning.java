package org.jelectra.cli.data;

import java.util.Locale;
import java.util.Optional;

/** A share of held-out text that nobody can have meant. */
public final class HeldOutWarning {

    /** Of fewer tokens, 15 % masked, an accuracy has fewer than 150 guesses: its standard error is up to 4 percent and more. */
    private static final int FEW_TOKENS = 1000;

    private HeldOutWarning() {}

    /**
     * What is wrong with a division of the text, and what helps; empty where nothing is, or nothing was to be held out.
     *
     * @param training tokens to train on
     * @param heldOut tokens for evaluation
     */
    public static Optional<String> of(long training, long heldOut) {
        if (heldOut > training) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "%.0f %% of the tokens are held out, more than are trained on; a smaller --held-out of what prepares the text leaves more",
                    100.0 * heldOut / (training + heldOut)));
        }
        if (heldOut > 0 && heldOut < FEW_TOKENS) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "only %,d tokens are held out: evaluations of so few say little; a larger --held-out of what prepares the text, or more text, has more",
                    heldOut));
        }
        return Optional.empty();
    }
}
