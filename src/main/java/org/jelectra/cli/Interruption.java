package org.jelectra.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a run end in order when the process is asked to (Ctrl-C, SIGTERM): training stops after its step, and the virtual machine
 * waits until the model is saved.
 */
final class Interruption implements AutoCloseable {

    /** Training was asked to stop. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped(int step) {
            super("interrupted after step " + step);
        }
    }

    /** A step of the large preset on two cores, and saving it, takes longer than a minute. */
    private static final long PATIENCE_SECONDS = 600;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stopAndWait, "jelectra-interruption");
    private volatile boolean requested;

    private Interruption() {}

    static Interruption install() {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    private void stopAndWait() {
        request();
        try {
            done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void request() {
        requested = true;
    }

    /** Throws where a stop was requested. */
    void check(int step) {
        if (requested) {
            throw new Stopped(step);
        }
    }

    /** The run is over, everything is saved. */
    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the virtual machine is shutting down: the hook has been waiting for this call
            assert requested;
        }
    }
}
