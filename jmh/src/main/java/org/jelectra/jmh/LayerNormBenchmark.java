package org.jelectra.jmh;

import java.util.concurrent.TimeUnit;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;
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
 * Residual, dropout and LayerNorm of preset small (1024 tokens of 256). Bound by memory: 16 bytes an element forward, 16 backward.
 *
 * <p>{@code jmh/run LayerNormBenchmark}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class LayerNormBenchmark {

    /** As in {@code --backend}. */
    @Param("auto")
    public String backend;

    /** Threads of the CPU backend. */
    @Param({"1", "2"})
    public int threads;

    /** Dropout before the residual. */
    @Param({"0", "0.1"})
    public float dropout;

    private static final int TOKENS = 1024;
    private static final int HIDDEN = 256;

    private Bench bench;
    private Operation forward;
    private Operation backward;

    /** Allocates and prepares. */
    @Setup
    public void prepare() {
        bench = new Bench(backend, threads);
        Dropout drop = dropout == 0 ? Dropout.NONE : bench.dropout(dropout);
        Tensor sum = bench.zeros("sum", TOKENS, HIDDEN);
        Tensor stats = bench.zeros("stats", TOKENS, 2);
        Tensor gamma = bench.normal("gamma", HIDDEN);
        forward = bench.backend.addLayerNorm(
                bench.normal("x", TOKENS, HIDDEN),
                new AddLayerNormOperands(
                        drop,
                        bench.normal("residual", TOKENS, HIDDEN),
                        gamma,
                        bench.normal("beta", HIDDEN),
                        1e-12f,
                        sum,
                        bench.zeros("y", TOKENS, HIDDEN),
                        stats));
        backward = bench.backend.addLayerNormBackward(new AddLayerNormBackward(
                bench.normal("dy", TOKENS, HIDDEN),
                sum,
                stats,
                gamma,
                drop,
                bench.zeros("dx", TOKENS, HIDDEN),
                bench.zeros("dResidual", TOKENS, HIDDEN),
                bench.zeros("dGamma", HIDDEN),
                bench.zeros("dBeta", HIDDEN)));
        forward.run();
    }

    /** Reads x and residual, writes sum and y. */
    @Benchmark
    public void forward(Bytes work) {
        forward.run();
        work.gigaByte += 16e-9 * TOKENS * HIDDEN;
    }

    /** Reads dy and sum, writes dx and dResidual. */
    @Benchmark
    public void backward(Bytes work) {
        backward.run();
        work.gigaByte += 16e-9 * TOKENS * HIDDEN;
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
        bench.close();
    }
}
