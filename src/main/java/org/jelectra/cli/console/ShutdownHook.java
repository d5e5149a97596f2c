package org.jelectra.cli.console;

/** What is done where the process ends, as by Ctrl-C, before it is taken back. */
public final class ShutdownHook {

    private final Thread thread;

    private ShutdownHook(Thread thread) {
        this.thread = thread;
    }

    /** Has something done at the end of the process. */
    public static ShutdownHook of(Runnable action) {
        Thread thread = new Thread(action);
        Runtime.getRuntime().addShutdownHook(thread);
        return new ShutdownHook(thread);
    }

    /** Takes it back; returns whether that was in time: false where the process is ending, and does it. */
    public boolean cancel() {
        try {
            return Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException e) {
            return false;
        }
    }
}
