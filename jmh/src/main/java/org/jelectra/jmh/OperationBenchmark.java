package org.jelectra.jmh;

import java.util.concurrent.TimeUnit;
import org.jelectra.backend.Operation;
import org.jelectra.backend.Stopwatch;
import org.jelectra.backend.check.Trial;
import org.jelectra.electra.flops.ParameterCounts;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.bench.StepOperations;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Every operation of a backend by itself, on random numbers at the sizes of a training step, the first where it has several: the
 * discriminator's, and for products its feed-forward layer's; {@code jelectra bench --operations} has all. Beside the calls stand
 * {@code gigaByte} and {@code gigaFlop}, the least that the operation must move and do.
 *
 * <p>{@code jmh/run OperationBenchmark -p operation=linear,attention}
 *
 * <p>A call waits for the device. What is between the calls counts too, some microseconds on a GPU, where {@code jelectra bench
 * --operations} has events of the device, caches cold and warm, and the share of the floor.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class OperationBenchmark extends StepSettings {

    /** Names of {@code org.jelectra.backend.check.Catalog}. */
    @Param({
        "fill",
        "add",
        "dropout",
        "gelu",
        "geluBackward",
        "linear",
        "linearBackwardInput",
        "linearBackwardWeight",
        "linearGelu",
        "linearBackwardInputGelu",
        "gradientGroup",
        "addLayerNorm",
        "addLayerNormBackward",
        "layerNorm",
        "layerNormBackward",
        "layerNormGeluBackward",
        "linearAddLayerNorm",
        "linearBackwardInputLayerNorm",
        "linearBackwardInputLayerNormDropout",
        "feedForwardAddLayerNorm",
        "feedForwardBackwardInputLayerNorm",
        "attention",
        "attentionBackward",
        "selfAttention",
        "selfAttentionBackward",
        "selfAttentionBackwardLayerNorm",
        "chain forward",
        "chain backward",
        "embedding",
        "embeddingLayerNorm",
        "embeddingLayerNormLinear",
        "embeddingBackward",
        "gatherRows",
        "gatherRowsBackward",
        "linearGeluLayerNorm",
        "crossEntropy",
        "crossEntropyBackward",
        "crossEntropyWithGradient",
        "sigmoidCrossEntropy",
        "sigmoidCrossEntropy without gradient",
        "sampleMultinomial",
        "crossEntropy with a draw",
        "crossEntropyWithGradient with a draw",
        "sampleGumbel",
        "sampleGumbel with given numbers",
        "replaceTokens",
        "copyCrossEntropy",
        "copyCrossEntropyBackward",
        "copyCrossEntropyWithGradient",
        "policyGradient",
        "squaredError",
        "spanCrossEntropy",
        "poolPositions",
        "poolPositionsBackward",
        "globalNorm",
        "adamW"
    })
    public String operation;

    private Operation prepared;
    private Stopwatch device;
    private double gigaByte;
    private double gigaFlop;

    /** Allocates and prepares. */
    @Setup
    public void prepare() {
        PretrainSettings settings = open();
        int parameters = Math.toIntExact(ParameterCounts.trained(settings.model()));
        Trial trial = StepOperations.of(settings, parameters, opened::logitsWidth).stream()
                .filter(each -> each.name().equals(operation))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no operation " + operation));
        prepared = trial.prepare(opened, trial.place(opened));
        device = opened.stopwatch();
        gigaByte = 1e-9 * trial.bytes(opened.valueType());
        gigaFlop = 1e-9 * trial.flops();
    }

    /** The operation, and waiting for its end. */
    @Benchmark
    public void run(Bytes bytes, Flops flops) {
        device.start();
        prepared.run();
        device.stop();
        device.microseconds();
        bytes.gigaByte += gigaByte;
        flops.gigaFlop += gigaFlop;
    }
}
