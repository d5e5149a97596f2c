package org.jelectra.backend;

/**
 * Inverted dropout: an element becomes 0 with the given probability, and is scaled by 1/(1 - probability) otherwise. Nothing
 * is stored: the backward pass draws the same numbers again. The decision of element e takes 16 bits of Philox block e/8
 * (low half of word (e/2)%4 for even e, high half for odd); the element stays iff they are at least {@link #threshold()}.
 *
 * @param probability in [0, 1), rounded to a multiple of 1/65536 below 1
 * @param randomness source of the decisions; may be null where the probability is 0
 */
public record Dropout(float probability, Randomness randomness) {

    /** No dropout. */
    public static final Dropout NONE = new Dropout(0, null);

    /** @throws IllegalArgumentException if the probability is not in [0, 1), or is not 0 without a source */
    public Dropout {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("dropout probability must be in [0, 1), got " + probability);
        }
        if (probability > 0 && randomness == null) {
            throw new IllegalArgumentException("dropout of " + probability + " needs a source of random numbers");
        }
    }

    /** Smallest 16-bit number that keeps an element; 65535 at most, so that one does. */
    public int threshold() {
        return Math.min(65535, Math.round(probability * 65536));
    }

    /** Factor of the elements that stay: the exact inverse of the share that stays. */
    public float scale() {
        return 65536f / (65536 - threshold());
    }

    /** Whether any element can be dropped. */
    public boolean isActive() {
        return threshold() > 0;
    }
}
