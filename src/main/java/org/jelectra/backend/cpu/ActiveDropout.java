package org.jelectra.backend.cpu;

import org.jelectra.backend.Dropout;

/** The dropout of an operation, with the random counters that hold when it runs. */
final class ActiveDropout {

    private final RandomKernels kernels;
    private final Clock clock;
    private final int threshold;
    private final float scale;

    private ActiveDropout(Dropout dropout, long elements, RandomKernels kernels) {
        this.kernels = kernels;
        this.clock = new Clock(dropout.randomness(), elements);
        this.threshold = dropout.threshold();
        this.scale = dropout.scale();
    }

    /** The dropout of an operation on {@code elements} elements; null if it drops nothing. */
    static ActiveDropout of(Dropout dropout, long elements, RandomKernels kernels) {
        return dropout.isActive() ? new ActiveDropout(dropout, elements, kernels) : null;
    }

    /** {@code y = keep ? x * scale : 0} for the operation's elements from number {@code first} on. */
    void run(long first, float[] x, int xo, float[] y, int yo, int n) {
        kernels.dropout(
                clock.seedLow(),
                clock.seedHigh(),
                clock.stream,
                clock.step(),
                clock.first() + first,
                threshold,
                scale,
                x,
                xo,
                y,
                yo,
                n);
    }
}
