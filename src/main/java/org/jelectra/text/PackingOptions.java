package org.jelectra.text;

/**
 * How a corpus becomes sequences.
 *
 * @param sequenceLength longest sequence L with [CLS] and [SEP], at least 5
 * @param heldOutFraction fraction of the documents kept for evaluation, in [0, 1)
 */
public record PackingOptions(int sequenceLength, double heldOutFraction) {

    /** Fraction held out where nothing else is asked for. */
    public static final double DEFAULT_HELD_OUT_FRACTION = 0.02;

    /** The least that holds two segments. */
    static final int SHORTEST = 5;

    /** Checks the ranges. */
    public PackingOptions {
        if (sequenceLength < SHORTEST) {
            throw new IllegalArgumentException("the sequence length must be at least " + SHORTEST
                    + " ([CLS] a [SEP] b [SEP]), got " + sequenceLength);
        }
        if (!(heldOutFraction >= 0 && heldOutFraction < 1)) {
            throw new IllegalArgumentException("the held-out fraction must be in [0, 1), got " + heldOutFraction);
        }
    }

    /** The given length with the default held-out fraction. */
    public static PackingOptions ofLength(int sequenceLength) {
        return new PackingOptions(sequenceLength, DEFAULT_HELD_OUT_FRACTION);
    }
}
