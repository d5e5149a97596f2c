package org.jelectra.inference;

import java.util.Objects;

/**
 * What a classifier reads: a text, or a pair of texts (premise and hypothesis, question and sentence).
 *
 * @param first the text
 * @param second the other text of a pair, else null
 */
public record TextInput(String first, String second) {

    /** Checks that there is a text. */
    public TextInput {
        Objects.requireNonNull(first, "first");
    }

    /** One text. */
    public static TextInput of(String text) {
        return new TextInput(text, null);
    }

    /** A pair. */
    public static TextInput of(String first, String second) {
        return new TextInput(first, Objects.requireNonNull(second, "second"));
    }
}
