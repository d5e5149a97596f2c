package org.jelectra.backend;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** Softmax with excluded keys and scaled dot-product attention, in plain double arithmetic. */
final class ReferenceAttention {

    private ReferenceAttention() {}

    /** Softmax over each run of {@code length} scores; {@code keyMask} [batch,length] with 0 for an excluded key. */
    static double[] softmax(double[] scores, int[] keyMask, int batch, int length) {
        double[] y = new double[scores.length];
        int rowsPerSequence = scores.length / length / batch;
        for (int row = 0; row < scores.length / length; row++) {
            int maskStart = row / rowsPerSequence * length;
            double shift = logSumExp(scores, row * length, keyMask, maskStart, length);
            for (int key = 0; key < length; key++) {
                if (keyMask[maskStart + key] != 0) {
                    y[row * length + key] = Math.exp(scores[row * length + key] - shift);
                }
            }
        }
        return y;
    }

    /** Log of the sum of exp over the keys that count; minus infinity where none does. */
    static double[] logSumExp(double[] scores, int[] keyMask, int batch, int length) {
        double[] result = new double[scores.length / length];
        int rowsPerSequence = result.length / batch;
        for (int row = 0; row < result.length; row++) {
            result[row] = logSumExp(scores, row * length, keyMask, row / rowsPerSequence * length, length);
        }
        return result;
    }

    private static double logSumExp(double[] scores, int start, int[] keyMask, int maskStart, int length) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int key = 0; key < length; key++) {
            if (keyMask[maskStart + key] != 0) {
                largest = Math.max(largest, scores[start + key]);
            }
        }
        double sum = 0;
        for (int key = 0; key < length; key++) {
            if (keyMask[maskStart + key] != 0) {
                sum += Math.exp(scores[start + key] - largest);
            }
        }
        return sum == 0 ? Double.NEGATIVE_INFINITY : largest + Math.log(sum);
    }

    /** Scaled scores [B,A,S,S] of {@code qkv} [B*S, 3*A*D]. */
    static double[] scores(double[] qkv, AttentionShape shape) {
        int length = shape.length();
        double[] scores = new double[shape.batch() * shape.heads() * length * length];
        for (int i = 0; i < scores.length; i++) {
            int key = i % length;
            int query = i / length % length;
            int head = i / length / length % shape.heads();
            int sequence = i / length / length / shape.heads();
            int queryStart = index(shape, sequence, query, 0, head);
            int keyStart = index(shape, sequence, key, 1, head);
            double dot = 0;
            for (int d = 0; d < shape.headSize(); d++) {
                dot += qkv[queryStart + d] * qkv[keyStart + d];
            }
            scores[i] = dot / Math.sqrt(shape.headSize());
        }
        return scores;
    }

    /**
     * The output [B*S, A*D].
     *
     * @param factors [B,A,S,S]: dropout factors of the probabilities, or null for no dropout
     */
    static double[] attention(double[] qkv, int[] keyMask, AttentionShape shape, double[] factors) {
        return new PlainAttention(DoubleUnaryOperator.identity(), shape, qkv, keyMask, factors).out();
    }

    /** Where a head's query (part 0), key (1) or value (2) of a token begins in {@code qkv}. */
    static int index(AttentionShape shape, int sequence, int position, int part, int head) {
        int token = sequence * shape.length() + position;
        return (token * 3 + part) * shape.hiddenSize() + head * shape.headSize();
    }

    /** A mask that excludes nothing. */
    static int[] everyKey(int size) {
        int[] mask = new int[size];
        Arrays.fill(mask, 1);
        return mask;
    }
}
