package org.jelectra.backend;

import java.util.function.DoubleUnaryOperator;

/**
 * Attention forward and backward, one tensor after the other: scores, probabilities, output, and back. Sums are exact to double;
 * what each step leaves in memory goes through {@code rounding}: with the identity this is the exact result, with rounding to
 * bf16 what a sequence of plain bf16 operations gives (sums in float or better, as matrix libraries do).
 */
final class PlainAttention {

    private final DoubleUnaryOperator rounding;
    private final AttentionShape shape;
    private final double[] qkv;
    private final int[] keyMask;
    private final double[] factors;
    private final double[] probabilities;
    private final double[] used;
    private final double[] out;

    /**
     * Runs the forward pass.
     *
     * @param qkv [B*S, 3*A*D]
     * @param keyMask [B,S]
     * @param factors [B,A,S,S] of dropout, or null for none
     */
    PlainAttention(DoubleUnaryOperator rounding, AttentionShape shape, double[] qkv, int[] keyMask, double[] factors) {
        this.rounding = rounding;
        this.shape = shape;
        this.qkv = qkv;
        this.keyMask = keyMask;
        this.factors = factors;
        double[] scores = round(ReferenceAttention.scores(qkv, shape));
        probabilities = round(ReferenceAttention.softmax(scores, keyMask, shape.batch(), shape.length()));
        used = factors == null ? probabilities : round(Reference.multiply(probabilities, factors));
        out = new double[tokens() * shape.hiddenSize()];
        forEachPair((i, sequence, head, query, key) -> {
            for (int d = 0; d < shape.headSize(); d++) {
                out[out(sequence, query, head) + d] += used[i] * qkv[part(sequence, key, 2, head) + d];
            }
        });
        round(out);
    }

    /** The output [B*S, A*D]. */
    double[] out() {
        return out;
    }

    /** The gradient [B*S, 3*A*D] of qkv. */
    double[] backward(double[] dOut) {
        double[] dUsed = new double[used.length];
        double[] dQkv = new double[qkv.length];
        forEachPair((i, sequence, head, query, key) -> {
            for (int d = 0; d < shape.headSize(); d++) {
                dUsed[i] += dOut[out(sequence, query, head) + d] * qkv[part(sequence, key, 2, head) + d];
            }
        });
        round(dUsed);
        double[] dProbabilities = factors == null ? dUsed : round(Reference.multiply(dUsed, factors));
        double[] dScores = new double[used.length];
        int length = shape.length();
        for (int row = 0; row < used.length; row += length) {
            double dot = 0;
            for (int key = 0; key < length; key++) {
                dot += probabilities[row + key] * dProbabilities[row + key];
            }
            for (int key = 0; key < length; key++) {
                dScores[row + key] = probabilities[row + key] * (dProbabilities[row + key] - dot);
            }
        }
        round(dScores);
        double scale = 1 / Math.sqrt(shape.headSize());
        forEachPair((i, sequence, head, query, key) -> {
            for (int d = 0; d < shape.headSize(); d++) {
                int q = part(sequence, query, 0, head) + d;
                int k = part(sequence, key, 1, head) + d;
                dQkv[q] += scale * dScores[i] * qkv[k];
                dQkv[k] += scale * dScores[i] * qkv[q];
                dQkv[part(sequence, key, 2, head) + d] += used[i] * dOut[out(sequence, query, head) + d];
            }
        });
        return round(dQkv);
    }

    private double[] round(double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = rounding.applyAsDouble(values[i]);
        }
        return values;
    }

    private int tokens() {
        return shape.batch() * shape.length();
    }

    private int part(int sequence, int position, int part, int head) {
        return ReferenceAttention.index(shape, sequence, position, part, head);
    }

    private int out(int sequence, int position, int head) {
        return (sequence * shape.length() + position) * shape.hiddenSize() + head * shape.headSize();
    }

    /** What to do with one probability. */
    private interface Pair {
        void visit(int i, int sequence, int head, int query, int key);
    }

    private void forEachPair(Pair pair) {
        int i = 0;
        for (int sequence = 0; sequence < shape.batch(); sequence++) {
            for (int head = 0; head < shape.heads(); head++) {
                for (int query = 0; query < shape.length(); query++) {
                    for (int key = 0; key < shape.length(); key++, i++) {
                        if (keyMask[sequence * shape.length() + key] != 0) {
                            pair.visit(i, sequence, head, query, key);
                        }
                    }
                }
            }
        }
    }
}
