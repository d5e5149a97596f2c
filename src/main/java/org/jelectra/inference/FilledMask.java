package org.jelectra.inference;

import java.util.List;

/**
 * What a model would put in the place of a [MASK].
 *
 * @param start where the mask begins in the text, in UTF-16 units
 * @param end where it ends
 * @param candidates the likeliest tokens, the likeliest first; of equals that which is first in the vocabulary
 */
public record FilledMask(int start, int end, List<Candidate> candidates) {

    /**
     * A token of the vocabulary.
     *
     * @param token as the vocabulary spells it, with ## where it continues a word
     * @param probability softmax over the vocabulary
     */
    public record Candidate(String token, double probability) {}

    /** The likeliest token. */
    public Candidate best() {
        return candidates.get(0);
    }
}
