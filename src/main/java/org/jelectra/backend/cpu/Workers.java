package org.jelectra.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed team of threads that runs one body over task numbers 0 .. n-1; the caller is worker 0. What each task computes must
 * not depend on the worker or on the order, so results are the same for any number of threads.
 *
 * <p>Operations follow each other every few hundred microseconds, and waking a parked thread costs about 50, so idle workers
 * first spin for a while ({@link #SPINS}). A run allocates nothing.
 */
final class Workers implements AutoCloseable {

    /** One task. */
    @FunctionalInterface
    public interface Body {
        void run(int task, int worker);
    }

    /** Rounds of spinning before a worker parks: some 100 microseconds. */
    private static final int SPINS = 4000;

    private final Thread[] threads;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();
    /** Whose run it is; null between runs. */
    private final AtomicReference<Thread> user = new AtomicReference<>();

    private Body body;
    private int tasks;
    private volatile Throwable failure;
    private int failedTask;
    private volatile int generation;
    private volatile boolean closed;

    /** Starts {@code count - 1} daemon threads; the caller of {@link #run} is the first worker. */
    public Workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("threads must be at least 1, got " + count);
        }
        threads = new Thread[count - 1];
        for (int i = 0; i < threads.length; i++) {
            int worker = i + 1;
            threads[i] = new Thread(() -> loop(worker), "jelectra-cpu-" + worker);
            threads[i].setDaemon(true);
            threads[i].start();
        }
    }

    /** Number of workers, the caller included. */
    public int count() {
        return threads.length + 1;
    }

    /** Tasks for so many elements, {@code each} of them a task. */
    static int tasks(int elements, int each) {
        return (int) ((elements - 1L + each) / each);
    }

    /**
     * Runs all tasks and returns when the last is done. Not re-entrant; one caller at a time.
     *
     * @throws RuntimeException what the first task that failed has thrown, for any number of threads; not all others have run then
     * @throws IllegalStateException if another call has not returned yet; that one goes on
     */
    public void run(int taskCount, Body taskBody) {
        requireOpen();
        Thread caller = Thread.currentThread();
        // without this two callers wait for each other's tasks forever, or overwrite each other's scratch memory
        Thread other = user.compareAndExchange(null, caller);
        if (other != null) {
            throw new IllegalStateException("a backend belongs to one thread at a time: " + caller.getName()
                    + " has run an operation while one of " + other.getName()
                    + " was running; open a backend for each thread, or let them wait for each other");
        }
        try {
            runAlone(taskCount, taskBody);
        } finally {
            user.setRelease(null);
        }
    }

    private void runAlone(int taskCount, Body taskBody) {
        if (threads.length == 0 || taskCount <= 1) {
            for (int task = 0; task < taskCount; task++) {
                taskBody.run(task, 0);
            }
            return;
        }
        body = taskBody;
        tasks = taskCount;
        next.set(0);
        pending.set(threads.length);
        generation++;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
        work(0);
        for (int spins = 0; pending.get() != 0; spins++) {
            pause(spins);
        }
        body = null;
        Throwable thrown = failure;
        if (thrown != null) {
            failure = null;
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        }
    }

    /** Throws IllegalStateException once this is closed. */
    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the backend is closed");
        }
    }

    private void loop(int worker) {
        int seen = 0;
        while (true) {
            int spins = 0;
            while (generation == seen && !closed) {
                if (spins < SPINS) {
                    pause(spins++);
                } else {
                    LockSupport.park(this);
                }
            }
            if (closed) {
                return;
            }
            seen++;
            work(worker);
            pending.decrementAndGet();
        }
    }

    /** One round of waiting; from time to time the processor is offered to others, in case one of them is what we wait for. */
    private static void pause(int spins) {
        if ((spins & 255) == 255) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }

    private void work(int worker) {
        Body current = body;
        int count = tasks;
        int task = 0;
        try {
            for (task = next.getAndIncrement(); task < count; task = next.getAndIncrement()) {
                current.run(task, worker);
            }
        } catch (RuntimeException | Error thrown) {
            failed(task, thrown);
        }
    }

    /** Tasks begin in their order, so that the first of those that fail has begun before any other has failed. */
    private synchronized void failed(int task, Throwable thrown) {
        if (failure == null || task < failedTask) {
            failure = thrown;
            failedTask = task;
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
    }
}
