package org.jelectra.inference;

import java.util.Objects;

/**
 * A question about a text.
 *
 * @param question the question; the model reads its first 64 pieces
 * @param context the text that may hold the answer, of any length
 */
public record Question(String question, String context) {

    /** Checks that both are there. */
    public Question {
        Objects.requireNonNull(question, "question");
        Objects.requireNonNull(context, "context");
    }
}
