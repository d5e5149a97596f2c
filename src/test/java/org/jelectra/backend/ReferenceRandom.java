package org.jelectra.backend;

import org.jelectra.random.Philox;

/**
 * The random numbers of an operation, read one element at a time from what {@link Randomness} and {@link Dropout} say.
 *
 * @param seed key of the generator
 * @param stream number of the use
 * @param step training step
 * @param microBatch index of the micro-batch
 */
record ReferenceRandom(long seed, int stream, int step, int microBatch) {

    /** The values of the clock tensor. */
    int[] clock() {
        return new int[] {(int) seed, (int) (seed >>> 32), step, microBatch};
    }

    /** The same source at another step. */
    ReferenceRandom atStep(int newStep) {
        return new ReferenceRandom(seed, stream, newStep, microBatch);
    }

    /** The same source in another micro-batch. */
    ReferenceRandom inMicroBatch(int index) {
        return new ReferenceRandom(seed, stream, step, index);
    }

    private int[] block(long index) {
        int[] words = new int[4];
        Philox.block((int) index, (int) (index >>> 32), stream, step, (int) seed, (int) (seed >>> 32), 7, words);
        return words;
    }

    /** Factors of an operation's n elements: 0 where dropped, the scale where kept. */
    double[] dropoutFactors(Dropout dropout, int n) {
        double[] factors = new double[n];
        for (int i = 0; i < n; i++) {
            long element = (long) microBatch * n + i;
            int word = block(element / 8)[(int) (element / 2 % 4)];
            int bits = element % 2 == 0 ? word & 0xFFFF : word >>> 16;
            factors[i] = bits >= dropout.threshold() ? dropout.scale() : 0;
        }
        return factors;
    }

    /** One uniform number per row, one block each, word 0. */
    double[] rowUniforms(int rows) {
        double[] uniforms = new double[rows];
        for (int r = 0; r < rows; r++) {
            uniforms[r] = Philox.uniform(block((long) microBatch * rows + r)[0]);
        }
        return uniforms;
    }

    /** One uniform number per element, four to a block. */
    double[] elementUniforms(int n) {
        double[] uniforms = new double[n];
        for (int i = 0; i < n; i++) {
            long element = (long) microBatch * n + i;
            uniforms[i] = Philox.uniform(block(element / 4)[(int) (element % 4)]);
        }
        return uniforms;
    }
}
