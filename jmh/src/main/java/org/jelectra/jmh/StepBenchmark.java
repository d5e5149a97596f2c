package org.jelectra.jmh;

import java.util.concurrent.TimeUnit;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.flops.StepFlops;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.TrainingStep;
import org.jelectra.pretrain.bench.RandomBatch;
import org.jelectra.text.batch.Batch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One whole training step, forward, backward and AdamW, with dropout 0.1; the batch is the same in every step.
 *
 * <p>{@code jmh/run StepBenchmark}
 */
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
public class StepBenchmark extends StepSettings {

    private TrainingStep step;
    private Batch data;
    private double gigaFlop;
    private int number;

    /** Makes the model and a batch of random tokens. */
    @Setup
    public void prepare() {
        PretrainSettings settings = open();
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
}
