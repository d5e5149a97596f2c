package org.jelectra.electra.onnx;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.jelectra.io.SafetensorsReader;

/** B sequences of S tokens, row by row. */
record TokenBatch(int size, int length, long[] ids, long[] mask, long[] types) {

    /** Random tokens; rows are shorter and shorter, with their padding at the end or, every third, at the beginning. */
    static TokenBatch random(int size, int length, int vocabulary, long seed) {
        Random random = new Random(seed);
        long[] ids = new long[size * length];
        long[] mask = new long[ids.length];
        long[] types = new long[ids.length];
        for (int row = 0; row < size; row++) {
            int tokens = Math.max(1, length - row * 3);
            int start = row % 3 == 2 ? length - tokens : 0;
            for (int i = 0; i < length; i++) {
                ids[row * length + i] = random.nextInt(vocabulary);
                mask[row * length + i] = i >= start && i < start + tokens ? 1 : 0;
                types[row * length + i] = i > length / 2 ? 1 : 0;
            }
        }
        return new TokenBatch(size, length, ids, mask, types);
    }

    /** The batch of a golden file; without a mask nothing is padding. */
    static TokenBatch golden(SafetensorsReader golden, String ids, String mask) throws IOException {
        long[] shape = golden.shape(ids);
        long[] ones = new long[(int) (shape[0] * shape[1])];
        Arrays.fill(ones, 1);
        return new TokenBatch(
                (int) shape[0],
                (int) shape[1],
                golden.longs(ids),
                mask == null ? ones : golden.longs(mask),
                golden.longs("token_type_ids"));
    }
}
