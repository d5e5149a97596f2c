package org.jelectra.backend.cpu;

import org.jelectra.backend.Randomness;

/** Reads the random counters of an operation on {@code elements} elements, when it runs. */
final class Clock {

    private final int[] clock;
    private final int offset;
    private final long elements;
    final int stream;

    Clock(Randomness randomness, long elements) {
        this.clock = CpuStorage.ints(randomness.clock());
        this.offset = CpuStorage.offset(randomness.clock());
        this.stream = randomness.stream();
        this.elements = elements;
    }

    int seedLow() {
        return clock[offset];
    }

    int seedHigh() {
        return clock[offset + 1];
    }

    int step() {
        return clock[offset + 2];
    }

    /** Number of the operation's first element: micro-batches follow each other. */
    long first() {
        return clock[offset + 3] * elements;
    }
}
