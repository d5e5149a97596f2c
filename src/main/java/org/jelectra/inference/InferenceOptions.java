package org.jelectra.inference;

import java.util.Objects;
import java.util.function.Supplier;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;

/**
 * What a loaded model computes with.
 *
 * @param backend opens the backend; called once, by the model's own thread, and closed with the model
 * @param batchSize texts that are computed at once, at most; of texts longer than 128 tokens fewer
 */
public record InferenceOptions(Supplier<Backend> backend, int batchSize) {

    /** Texts that are computed at once by default. */
    public static final int BATCH = 32;

    /** @throws IllegalArgumentException if the batch size is not positive */
    public InferenceOptions {
        Objects.requireNonNull(backend, "backend");
        if (batchSize < 1) {
            throw new IllegalArgumentException("the number of texts per batch must be positive, got " + batchSize);
        }
    }

    /** The backend {@code auto}, on all processors. */
    public static InferenceOptions defaults() {
        return of(Backends.AUTO, Runtime.getRuntime().availableProcessors());
    }

    /** A backend by name, see {@link Backends#open(String, int)}. */
    public static InferenceOptions of(String backend, int threads) {
        return new InferenceOptions(() -> Backends.open(backend, threads), BATCH);
    }

    /** The same with another batch size. */
    public InferenceOptions withBatchSize(int size) {
        return new InferenceOptions(backend, size);
    }
}
