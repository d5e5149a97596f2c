package org.jelectra.backend;

/** Measures how long a backend takes for the operations that are run between two points. Neither point allocates. */
public interface Stopwatch {

    /** The first point. */
    void start();

    /** The second point. */
    void stop();

    /** Microseconds between the last two points; waits until the second has been reached. */
    double microseconds();

    /** For a backend whose operations have finished when they return. */
    static Stopwatch ofHost() {
        return new Stopwatch() {
            private long begin;
            private long end;

            @Override
            public void start() {
                begin = System.nanoTime();
            }

            @Override
            public void stop() {
                end = System.nanoTime();
            }

            @Override
            public double microseconds() {
                return (end - begin) / 1e3;
            }
        };
    }
}
