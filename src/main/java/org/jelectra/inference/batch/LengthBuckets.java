package org.jelectra.inference.batch;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

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

    /** All lengths that texts of at most {@code maxLength} tokens are padded to, in ascending order. */
    static List<Integer> upTo(int maxLength) {
        return IntStream.concat(Arrays.stream(LENGTHS).filter(length -> length < maxLength), IntStream.of(maxLength))
                .boxed()
                .toList();
    }
}
