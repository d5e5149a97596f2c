package org.jelectra.io.tensorflow;

import java.io.IOException;

/**
 * What the index says of the whole checkpoint: the message {@code BundleHeaderProto}.
 *
 * @param shards number of files with values
 */
record BundleHeader(long shards) {

    /** The version of the format that is read here: the only one so far. */
    private static final long VERSION = 1;

    /**
     * Reads and checks a header.
     *
     * @param index what to call the index in messages
     * @throws IOException if it is malformed, numbers are big-endian, or the format is a later one
     */
    static BundleHeader parse(byte[] message, String index) throws IOException {
        long[] numbers = new long[3];
        long[] leastReader = {0};
        new ByteCursor(message, index + ", header").fields((field, number, value) -> {
            if (field == 3 && value != null) {
                value.fields((part, version, none) -> leastReader[0] = part == 2 ? version : leastReader[0]);
            } else if (field < numbers.length) {
                numbers[field] = number;
            }
        });
        if (numbers[2] != 0) {
            throw new IOException(
                    index + ": expected little-endian numbers, found a checkpoint of a big-endian machine;"
                            + " TensorFlow on a little-endian one can convert it");
        }
        if (leastReader[0] > VERSION) {
            throw new IOException(index + ": expected version " + VERSION + " of the format, found a checkpoint for"
                    + " readers of version " + leastReader[0] + " and later");
        }
        if (numbers[1] < 1) {
            throw new IOException(index + ": expected one or more files of values, found " + numbers[1]);
        }
        return new BundleHeader(numbers[1]);
    }
}
