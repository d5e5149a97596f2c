package org.jelectra.jmh;

import java.util.concurrent.TimeUnit;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.Preset;
import org.jelectra.gpu.DryDriver;
import org.jelectra.gpu.Gpu;
import org.jelectra.pretrain.MemoryNeed;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.TrainingStep;
import org.jelectra.pretrain.bench.RandomBatch;
import org.jelectra.tensor.DType;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.batch.Batch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The host's part of a training step of preset small in bf16, on a device that does nothing: all but the driver's own work. It runs
 * beside the device's, which has the step before to do, and must be less than that.
 *
 * <p>{@code jmh/run HostWorkBenchmark}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class HostWorkBenchmark {

    private CudaBackend backend;
    private TrainingStep step;
    private Batch batch;
    private int number;

    /** Makes the model and a batch of random tokens. */
    @Setup
    public void prepare() {
        backend = CudaBackend.on(Gpu.open(new DryDriver(MemoryNeed.LARGE_DEVICE), 0), DType.BFLOAT16);
        Vocabulary vocabulary = Vocabulary.bertUncased();
        PretrainSettings settings = PretrainSettings.of(Preset.SMALL, vocabulary.size());
        step = new TrainingStep(ElectraModel.withoutWeights(backend, settings.model()), settings);
        batch = RandomBatch.of(settings, vocabulary);
    }

    /** The step. */
    @Benchmark
    public void step() {
        step.begin(batch, number++ % 1000);
    }

    /** Ends the device. */
    @TearDown
    public void close() {
        backend.close();
    }
}
