package org.jelectra.io;

/**
 * Keeps the interruption of a thread until its work has come to an orderly end, as files that an interrupted thread writes are closed.
 * For one thread.
 */
public final class Interruption implements AutoCloseable {

    private boolean noted;

    /** Whether the thread was interrupted so far. It does not count as interrupted then, until {@link #close()}. */
    public boolean noted() {
        noted |= Thread.interrupted();
        return noted;
    }

    /** Takes down that waiting has ended with an {@link InterruptedException}. */
    public void note() {
        noted = true;
    }

    /** Interrupts the thread again if it was. */
    @Override
    public void close() {
        if (noted) {
            Thread.currentThread().interrupt();
        }
    }
}
