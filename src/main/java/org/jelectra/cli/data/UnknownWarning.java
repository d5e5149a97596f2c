package org.jelectra.cli.data;

import java.util.Locale;
import java.util.Optional;

/** Text of which a vocabulary cannot spell much. */
public final class UnknownWarning {

    /** Above this share of unknown words something is wrong with vocabulary or casing. */
    private static final double MANY = 0.05;

    private UnknownWarning() {}

    /**
     * What is wrong with so many unknown words; empty where they are few.
     *
     * @param share of the tokens that are [UNK]
     */
    public static Optional<String> of(double share) {
        return share > MANY
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "%.0f %% of the tokens are [UNK]: vocabulary or casing does not fit the text",
                        100 * share))
                : Optional.empty();
    }
}
