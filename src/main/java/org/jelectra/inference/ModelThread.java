package org.jelectra.inference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jelectra.backend.Backend;
import org.jelectra.io.Interruption;

/**
 * A model with the one thread that touches it and its backend. Calls from any thread wait for their turn.
 *
 * @param <M> the model
 */
final class ModelThread<M> implements AutoCloseable {

    /** Makes the model. */
    @FunctionalInterface
    interface Loader<M> {
        /** The model on a backend; called in the model's thread. */
        M load(Backend backend) throws IOException;
    }

    private final Path folder;
    private final ExecutorService thread;
    private Backend backend;
    private M model;
    /** The end of the model; null before anyone closes it. */
    private Future<?> closing;

    private ModelThread(Path folder) {
        this.folder = folder;
        thread = Executors.newSingleThreadExecutor(work -> {
            Thread own = new Thread(work, "jelectra-model-" + folder.getFileName());
            own.setDaemon(true); // a model that nobody closes does not keep the program alive
            return own;
        });
    }

    /**
     * Opens a backend and loads a model.
     *
     * @throws IOException if the model cannot be read; nothing stays open then
     */
    static <M> ModelThread<M> start(Path folder, Supplier<Backend> backend, Loader<M> loader) throws IOException {
        ModelThread<M> model = new ModelThread<>(folder);
        try {
            model.await(() -> {
                model.backend = backend.get();
                model.model = loader.load(model.backend);
                return null;
            });
            return model;
        } catch (IOException | RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /**
     * Works with the model, after all calls that came before.
     *
     * @throws IllegalStateException if the model is closed
     */
    <T> T call(Function<M, T> work) {
        try {
            return await(() -> work.apply(model));
        } catch (IOException e) {
            throw new IllegalStateException(e); // a function throws none
        }
    }

    private <T> T await(Callable<T> work) throws IOException {
        Future<T> future;
        try {
            future = thread.submit(work);
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("the model " + folder + " is closed", e);
        }
        try {
            return result(future);
        } catch (ExecutionException e) {
            throw thrown(e.getCause());
        }
    }

    private static <T> T result(Future<T> future) throws ExecutionException {
        try (Interruption interruption = new Interruption()) {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    // the computation cannot be stopped half-way; the caller sees the interruption afterwards
                    interruption.note();
                }
            }
        }
    }

    private static IOException thrown(Throwable cause) {
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        return cause instanceof IOException e ? e : new IOException(cause);
    }

    /**
     * Waits for the calls that came before, then closes the backend. Calls that come later fail. When this returns, whoever else closes
     * the model and whether the caller is interrupted, the model is closed.
     */
    @Override
    public void close() {
        Future<?> end;
        synchronized (this) {
            if (closing == null) {
                closing = thread.submit(() -> {
                    if (backend != null) {
                        backend.close();
                    }
                    // who keeps a closed model keeps no weights
                    backend = null;
                    model = null;
                });
                thread.shutdown();
            }
            end = closing;
        }
        try {
            result(end);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the model " + folder + " could not be closed", e.getCause());
        }
    }
}
