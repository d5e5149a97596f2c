package org.jelectra.jmh;

import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.electra.Preset;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.text.Vocabulary;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A backend, and the sizes of a training step on it. */
@State(Scope.Benchmark)
public abstract class StepSettings {

    /** As in {@code --backend}. */
    @Param("auto")
    public String backend;

    /** Threads of the CPU backend. */
    @Param({"1", "2"})
    public int threads;

    /** Model sizes. */
    @Param("small")
    public String preset;

    /** Sequences of the batch. */
    @Param("8")
    public int batch;

    /** Tokens of a sequence. */
    @Param("128")
    public int length;

    final Vocabulary vocabulary = Vocabulary.bertUncased();
    Backend opened;

    /** Opens the backend. */
    PretrainSettings open() {
        opened = Backends.open(backend, threads);
        return PretrainSettings.of(Preset.named(preset), vocabulary.size()).withBatch(batch, 1, length);
    }

    /** Frees what was allocated. */
    @TearDown
    public void close() {
        opened.close();
    }
}
