package org.jelectra.exchange;

/**
 * Attention heads of the networks of a TensorFlow checkpoint, which does not record them; 0 takes one for each 64 of the hidden size,
 * at least one, as the original code does by itself.
 *
 * @param encoder heads of the encoder {@code electra}, which is the discriminator's
 * @param generator heads of the encoder {@code generator}
 */
public record HeadCounts(int encoder, int generator) {

    /** By the hidden sizes. */
    public static final HeadCounts BY_SIZE = new HeadCounts(0, 0);

    private static final int HEAD_SIZE = 64;

    public HeadCounts {
        if (encoder < 0 || generator < 0) {
            throw new IllegalArgumentException(
                    "the number of heads must be positive, got " + (encoder < 0 ? encoder : generator));
        }
    }

    /** The heads that the original code takes for a hidden size. */
    static int bySize(int hiddenSize) {
        return Math.max(1, hiddenSize / HEAD_SIZE);
    }
}
