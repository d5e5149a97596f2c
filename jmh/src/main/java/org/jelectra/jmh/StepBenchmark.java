package org.jelectra.jmh;

import java.util.concurrent.TimeUnit;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.Preset;
import org.jelectra.electra.flops.StepFlops;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.TrainingStep;
import org.jelectra.pretrain.bench.RandomBatch;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.batch.Batch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One whole training step, forward, backward and AdamW, with dropout 0.1; the batch is the same in every step.
 *
 * <p>{@code jmh/run StepBenchmark}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {
            "--add-modules",
            "jdk.incubator.vector",
            "-XX:+UseParallelGC",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:+UseTransparentHugePages"
        })
public class StepBenchmark {

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

    private Backend opened;
    private TrainingStep step;
    private Batch data;
    private double gigaFlop;
    private int number;

    /** Makes the model and a batch of random tokens. */
    @Setup
    public void prepare() {
        opened = Backends.open(backend, threads);
        Vocabulary vocabulary = Vocabulary.bertUncased();
        PretrainSettings settings =
                PretrainSettings.of(Preset.named(preset), vocabulary.size()).withBatch(batch, 1, length);
        step = new TrainingStep(new ElectraModel(opened, settings.model(), settings.seed()), settings);
        gigaFlop = 1e-9 * StepFlops.training(settings.model(), batch, length, settings.slots());
        data = RandomBatch.of(settings, vocabulary);
    }

    /** The step. */
    @Benchmark
    public void step(Flops work) {
        step.run(data, number++ % 1000);
        work.gigaFlop += gigaFlop;
    }

    /** Frees what was allocated. */
    @TearDown
    public void close() {
        opened.close();
    }
}
