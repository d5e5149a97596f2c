package org.jelectra.cli.console;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Lets a run end in order when the process is asked to, by Ctrl-C, SIGTERM or a lost terminal: training stops after its step and
 * a snapshot is written. Whoever cannot wait asks a second time. What comes within a second belongs to the first time: one who logs
 * out sends SIGTERM and SIGHUP, and {@code timeout} sends its signal to the process and to its group.
 */
public final class Interruption implements AutoCloseable {

    /** Numbers of the signals; a process that ends by one has the exit code 128 plus its number. */
    private static final Map<String, Integer> SIGNALS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

    private static final int SIGNALLED = 128;
    private static final long ONE_EVENT_NANOS = 1_000_000_000;

    private final PrintStream out;
    private final Supplier<String> step;
    private final IntConsumer halt;
    private final LongSupplier nanoTime;
    private final List<Runnable> restore = new ArrayList<>();
    private volatile String requested;
    private long requestedAt;

    private Interruption(PrintStream out, Supplier<String> step, IntConsumer halt, LongSupplier nanoTime) {
        this.out = out;
        this.step = step;
        this.halt = halt;
        this.nanoTime = nanoTime;
    }

    public static Interruption install(PrintStream out) {
        return install(out, () -> "the step");
    }

    /** @param step names the step that a run is at, so that one which hangs is known */
    public static Interruption install(PrintStream out, Supplier<String> step) {
        return install(out, step, code -> Runtime.getRuntime().halt(code), System::nanoTime);
    }

    /** @param halt ends the process at once */
    static Interruption install(PrintStream out, Supplier<String> step, IntConsumer halt, LongSupplier nanoTime) {
        Interruption interruption = new Interruption(out, step, halt, nanoTime);
        for (String name : SIGNALS.keySet()) {
            Runnable former = Signals.install(name, interruption::request);
            if (former != null) {
                interruption.restore.add(former);
            }
        }
        if (interruption.restore.isEmpty()) {
            out.println("this Java runtime cannot handle Ctrl-C (it lacks the module jdk.unsupported): an interruption"
                    + " loses what was learnt since the last snapshot");
        }
        return interruption;
    }

    /** Asks the run to end; the second time, a second later or more, the process ends. Each signal has a thread of its own. */
    void request(String signal) {
        synchronized (this) {
            long now = nanoTime.getAsLong();
            if (requested != null) {
                if (now - requestedAt >= ONE_EVENT_NANOS) {
                    halt.accept(SIGNALLED + SIGNALS.get(signal));
                }
                return;
            }
            requestedAt = now;
            requested = signal;
        }
        out.println();
        out.println("interrupted: finishing " + step.get()
                + " and writing a snapshot (once more, after a second, ends at once)");
        out.flush();
    }

    public boolean isRequested() {
        return requested != null;
    }

    /** The exit code of a process that ends because it was asked to. */
    public int exitCode() {
        return SIGNALLED + SIGNALS.get(requested);
    }

    /** From now on signals do again what they did before. */
    @Override
    public void close() {
        restore.forEach(Runnable::run);
    }
}
