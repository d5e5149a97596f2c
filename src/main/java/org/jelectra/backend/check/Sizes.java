package org.jelectra.backend.check;

import java.util.List;
import java.util.stream.Stream;
import org.jelectra.backend.AttentionShape;

/**
 * Sizes of the operands.
 *
 * @param attention sequences, their length, of 2 tokens at least, heads and head size
 * @param feedForward width of the feed-forward layers
 * @param vocabulary number of tokens
 * @param slots masked positions in all sequences together, at most one of two tokens: so far apart are the rows that trials draw
 * @param embedding width of the embedding tables
 * @param parameters numbers that the optimiser updates
 * @param logits columns of the logits of a loss: the vocabulary, or more, see {@link org.jelectra.backend.Backend#logitsWidth}
 */
public record Sizes(
        AttentionShape attention,
        int feedForward,
        int vocabulary,
        int slots,
        int embedding,
        int parameters,
        int logits) {

    /** Sizes that nothing divides: every kernel meets its edges. */
    public static final Sizes ODD = new Sizes(new AttentionShape(3, 35, 2, 20), 101, 257, 13);

    /** Sizes of small encoders, which the variants of the kernels for small widths are for. */
    public static final Sizes EVEN = new Sizes(new AttentionShape(2, 64, 4, 64), 512, 1024, 16);

    /** As 30,522, the vocabulary of the presets, this has a remainder of 2 by 8: rows of logits begin anywhere. */
    private static final int VOCABULARY = 2042;

    /** A sequence longer than any that has kernels of its own, in many blocks. */
    public static final Sizes LONG = new Sizes(new AttentionShape(1, 576, 5, 64), VOCABULARY, VOCABULARY / 8, 40);

    /**
     * Wide heads of few queries, whose gradients a device with little shared memory (8.6, 8.9, 12.0) computes by two kernels: one writes for
     * whole chunks what the other one reads.
     */
    static final Sizes OF_WIDE_HEADS = new Sizes(new AttentionShape(2, 40, 1, 128), 256, VOCABULARY / 8, 20);

    /**
     * One of these at least calls for each kernel that ships. In the order of preference: hidden sizes, head sizes and lengths that have
     * kernels of their own, then any others.
     */
    public static final List<Sizes> OF_KERNELS = List.of(
            new Sizes(new AttentionShape(4, 128, 4, 64), 1024, VOCABULARY, 80, 128, VOCABULARY * 256 + 3),
            new Sizes(new AttentionShape(2, 256, 1, 64), 64, VOCABULARY, 40),
            new Sizes(new AttentionShape(1, 256, 4, 32), 512, VOCABULARY, 40),
            new Sizes(new AttentionShape(1, 256, 6, 128), 512, VOCABULARY / 8, 40),
            new Sizes(new AttentionShape(1, 128, 16, 64), 256, VOCABULARY / 8, 20),
            // a hidden size and a length without kernels of their own, and a bias's gradients of one number and of one
            // for each token of the vocabulary
            new Sizes(new AttentionShape(1, 192, 5, 64), VOCABULARY, VOCABULARY / 8, 40),
            new Sizes(new AttentionShape(4, 128, 1, 64), 1, VOCABULARY / 8, 40),
            // whole layers in a block
            new Sizes(new AttentionShape(2, 128, 1, 64), 256, VOCABULARY / 8, 40, 128, VOCABULARY * 8 + 3),
            new Sizes(new AttentionShape(4, 128, 1, 63), 1, VOCABULARY / 8, 40),
            // few tiles of many summands
            new Sizes(new AttentionShape(1, 128, 2, 64), 1024, VOCABULARY / 8, 40),
            new Sizes(new AttentionShape(1, 64, 1, 64), 1024, VOCABULARY / 8, 20),
            // sequences whose gradients no block has room for
            new Sizes(new AttentionShape(1, 576, 1, 64), 64, VOCABULARY / 8, 40));

    /**
     * For products whose large tiles only many rows call for on devices with many multiprocessors, of which the simulated device has few: up
     * to 144, with one product whose gradient is cut along k.
     */
    public static final Sizes OF_LARGE_TILES = new Sizes(new AttentionShape(8, 128, 8, 64), 2304, VOCABULARY / 8, 40);

    /** The same for wide tiles: products of 2048 x 2304 by 512 have 144. */
    private static final Sizes OF_WIDE_TILES = new Sizes(new AttentionShape(16, 128, 4, 128), 2304, VOCABULARY / 8, 40);

    /** The same for long sequences whose heads have a block each, with tiles, chunks and packs that are not whole: up to 160. */
    private static final Sizes OF_LONG_HEADS = new Sizes(new AttentionShape(20, 331, 4, 61), 64, VOCABULARY / 8, 40);

    /** So that a device runs every kernel that ships for it, and long sequences too. */
    public static final List<Sizes> ALL = Stream.of(
                    List.of(ODD, EVEN),
                    OF_KERNELS,
                    List.of(OF_LARGE_TILES, OF_WIDE_TILES, OF_LONG_HEADS, OF_WIDE_HEADS, LONG))
            .flatMap(List::stream)
            .toList();

    public Sizes {
        int tokens = attention.batch() * attention.length();
        if (slots < 1 || slots > tokens / 2) {
            throw new IllegalArgumentException("slots must be from 1 to " + tokens / 2 + ", half of the " + tokens
                    + " tokens, because trials draw one row of two, got " + slots);
        }
        if (attention.length() < 2) {
            throw new IllegalArgumentException("sequences must have 2 tokens at least, because trials draw the ends of"
                    + " answers from their first half, got " + attention.length());
        }
    }

    /** With logits of the vocabulary alone. */
    public Sizes(AttentionShape attention, int feedForward, int vocabulary, int slots, int embedding, int parameters) {
        this(attention, feedForward, vocabulary, slots, embedding, parameters, vocabulary);
    }

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
