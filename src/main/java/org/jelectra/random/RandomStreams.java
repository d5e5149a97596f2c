package org.jelectra.random;

/**
 * Numbers of the random streams. A stream is one use of randomness; two uses never share one, so adding a use changes none of
 * the others. Dropout streams are numbered upward from {@link #FIRST_DROPOUT}, in the order in which a model is recorded.
 */
public final class RandomStreams {

    /** Initial weights; the substream is the parameter's index. */
    public static final int INITIALIZATION = 1;
    /** Order of the training sequences; the step is the epoch. */
    public static final int SHUFFLE = 2;
    /** Choice of masked positions and of the tokens that stay; the substream is the row of the batch. */
    public static final int MASKING = 3;
    /** Choice of the held-out documents. */
    public static final int HELD_OUT = 4;
    /** Where a packed sequence is split into two segments. */
    public static final int SEGMENTS = 5;
    /** Sampling of replacement tokens. */
    public static final int SAMPLING = 6;
    /** Random tokens in the place of masked ones; the substream is the row of the batch. */
    public static final int RANDOM_TOKENS = 7;
    /** First of the dropout streams. */
    public static final int FIRST_DROPOUT = 1 << 16;

    private RandomStreams() {}
}
