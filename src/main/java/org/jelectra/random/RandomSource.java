package org.jelectra.random;

/**
 * A sequential view of one Philox stream for host code (shuffling, masking, initial weights). The words are those of
 * counters (0, 1, 2, ...) in the first counter word; step and stream take the other words, so that streams never overlap.
 */
public final class RandomSource {

    /** Rounds of Philox: the default of its authors. */
    private static final int ROUNDS = 10;

    private final int k0;
    private final int k1;
    private final int stream;
    private final int[] words = new int[4];
    private int step;
    private int substream;
    private int block;
    private int next = 4;

    /**
     * @param seed the run's seed (both key words)
     * @param stream what the numbers are for, see {@link RandomStreams}
     * @param step training step, epoch or any other index
     * @param substream row of the batch or any other index
     */
    public RandomSource(long seed, int stream, int step, int substream) {
        this.k0 = (int) seed;
        this.k1 = (int) (seed >>> 32);
        this.stream = stream;
        this.step = step;
        this.substream = substream;
    }

    /** Goes to the beginning of another step and substream, as a new source would, without allocating one. */
    public void restart(int newStep, int newSubstream) {
        step = newStep;
        substream = newSubstream;
        block = 0;
        next = 4;
    }

    /** The next 32 random bits. */
    public int nextInt() {
        if (next == 4) {
            Philox.block(block++, substream, stream, step, k0, k1, ROUNDS, words);
            next = 0;
        }
        return words[next++];
    }

    /** A uniform integer in [0, bound), without bias (Lemire's multiplication with rejection). */
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound must be positive, got " + bound);
        }
        long product = (nextInt() & 0xFFFFFFFFL) * bound;
        long low = product & 0xFFFFFFFFL;
        if (low < bound) {
            long threshold = (1L << 32) % bound;
            while (low < threshold) {
                product = (nextInt() & 0xFFFFFFFFL) * bound;
                low = product & 0xFFFFFFFFL;
            }
        }
        return (int) (product >>> 32);
    }

    /** A uniform float in (0, 1). */
    public float nextFloat() {
        return Philox.uniform(nextInt());
    }

    /** A uniform double in (0, 1) from 52 bits. */
    public double nextDouble() {
        long high = nextInt() & 0xFFFFFFFFL;
        long low = nextInt() & 0xFFFFFFFFL;
        return (((high << 32 | low) >>> 12) + 0.5) * 0x1p-52;
    }
}
