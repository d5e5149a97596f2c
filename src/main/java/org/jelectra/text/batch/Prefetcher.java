package org.jelectra.text.batch;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jelectra.io.Interruption;

/**
 * Fills batches ahead of their use on a thread of its own. A fixed number of batches goes round, so nothing is allocated
 * once it runs. One thread takes batches, uses them and gives them back with {@link #recycle}.
 */
public final class Prefetcher implements AutoCloseable {

    private final BatchFiller filler;
    private final BlockingQueue<Batch> free;
    private final BlockingQueue<Batch> ready;
    private final Batch failureSignal;
    private final Thread thread;
    private volatile Throwable failure;
    private volatile boolean closed;

    /**
     * Starts to fill batches. The filler belongs to the prefetcher's thread from now on.
     *
     * @param firstStep step of the first batch
     * @param batchesAhead how many batches may be ready while one is in use, at least 1
     */
    public Prefetcher(BatchFiller filler, long firstStep, int batchesAhead) {
        if (batchesAhead < 1) {
            throw new IllegalArgumentException("batchesAhead must be at least 1, got " + batchesAhead);
        }
        this.filler = filler;
        this.free = new ArrayBlockingQueue<>(batchesAhead + 1);
        this.ready = new ArrayBlockingQueue<>(batchesAhead + 2);
        this.failureSignal = new Batch(1, 1, 1);
        for (int i = 0; i <= batchesAhead; i++) {
            free.add(filler.newBatch());
        }
        this.thread = new Thread(() -> run(firstStep), "jelectra-prefetch");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * The batch of the next step; waits for it if necessary, also where the thread is interrupted.
     *
     * @throws IllegalStateException if filling failed (with the cause), or after {@link #close()}
     */
    public Batch next() {
        if (closed) {
            throw new IllegalStateException("the prefetcher is closed");
        }
        Batch batch = take();
        if (batch == failureSignal) {
            // For a further call, which must not wait for ever.
            ready.add(failureSignal);
            throw new IllegalStateException("making a batch failed: " + failure, failure);
        }
        return batch;
    }

    private Batch take() {
        try (Interruption interruption = new Interruption()) {
            while (true) {
                try {
                    return ready.take();
                } catch (InterruptedException e) {
                    interruption.note();
                }
            }
        }
    }

    /** Gives a batch back after its use; it will be filled again. */
    public void recycle(Batch batch) {
        if (!free.offer(batch)) {
            throw new IllegalArgumentException("more batches were given back than taken");
        }
    }

    /** Ends the thread and waits until it has ended. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try (Interruption interruption = new Interruption()) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interruption.note();
                }
            }
        }
    }

    private void run(long firstStep) {
        try {
            for (long step = firstStep; !closed; step++) {
                Batch batch = free.take();
                filler.fill(step, batch);
                ready.put(batch);
            }
        } catch (InterruptedException e) {
            // Only close() interrupts this thread; nothing is left to do.
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            failure = e;
            ready.add(failureSignal);
        }
    }
}
