package org.jelectra.finetune;

/** The few sequence lengths that batches are padded to: each is a recording of its own. */
public final class LengthBuckets {

    private static final int[] LENGTHS = {16, 32, 48, 64, 96, 128, 192, 256, 320, 384, 512};

    private LengthBuckets() {}

    /** The shortest of the lengths that holds {@code tokens}, at most {@code maxLength}. */
    public static int length(int tokens, int maxLength) {
        if (tokens > maxLength) {
            throw new IllegalArgumentException(
                    "expected at most " + maxLength + " tokens, got a sequence of " + tokens);
        }
        for (int length : LENGTHS) {
            if (length >= tokens) {
                return Math.min(length, maxLength);
            }
        }
        return maxLength;
    }
}
