package org.jelectra.backend.check;

import org.jelectra.backend.AttentionShape;

/**
 * Sizes of the operands.
 *
 * @param attention sequences, their length, heads and head size
 * @param feedForward width of the feed-forward layers
 * @param vocabulary number of tokens
 * @param slots masked positions in all sequences together
 * @param embedding width of the embedding tables
 * @param parameters numbers that the optimiser updates
 */
public record Sizes(
        AttentionShape attention, int feedForward, int vocabulary, int slots, int embedding, int parameters) {

    /** Sizes that nothing divides: every kernel meets its edges. */
    public static final Sizes ODD = new Sizes(new AttentionShape(3, 35, 2, 20), 101, 257, 13);

    /** Sizes of small encoders, which the fast variants of the kernels are for. */
    public static final Sizes EVEN = new Sizes(new AttentionShape(2, 64, 4, 64), 512, 1024, 16);

    /** With embeddings of the hidden size, and three parameters more than their table has. */
    public Sizes(AttentionShape attention, int feedForward, int vocabulary, int slots) {
        this(
                attention,
                feedForward,
                vocabulary,
                slots,
                attention.hiddenSize(),
                vocabulary * attention.hiddenSize() + 3);
    }

    int tokens() {
        return attention.batch() * attention.length();
    }

    int hidden() {
        return attention.hiddenSize();
    }

    @Override
    public String toString() {
        return attention.batch() + " x " + attention.length() + " tokens, hidden size " + hidden() + ", "
                + attention.heads() + " heads, feed-forward " + feedForward + ", vocabulary " + vocabulary;
    }
}
