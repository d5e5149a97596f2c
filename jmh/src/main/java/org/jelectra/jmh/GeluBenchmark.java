package org.jelectra.jmh;

import java.util.concurrent.TimeUnit;
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
 * GELU of preset small's feed-forward layer (1024 tokens of 1024): 8 bytes an element forward, 12 backward.
 *
 * <p>{@code jmh/run GeluBenchmark}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class GeluBenchmark {

    /** As in {@code --backend}. */
    @Param("auto")
    public String backend;

    /** Threads of the CPU backend. */
    @Param({"1", "2"})
    public int threads;

    private static final int TOKENS = 1024;
    private static final int WIDTH = 1024;

    private Bench bench;
    private Operation forward;
    private Operation backward;

    /** Allocates and prepares. */
    @Setup
    public void prepare() {
        bench = new Bench(backend, threads);
        Tensor x = bench.normal("x", TOKENS, WIDTH);
        forward = bench.backend.gelu(x, bench.zeros("y", TOKENS, WIDTH));
        backward = bench.backend.geluBackward(x, bench.normal("dy", TOKENS, WIDTH), bench.zeros("dx", TOKENS, WIDTH));
    }

    /** Reads x, writes y. */
    @Benchmark
    public void forward(Bytes work) {
        forward.run();
        work.gigaByte += 8e-9 * TOKENS * WIDTH;
    }

    /** Reads x and dy, writes dx. */
    @Benchmark
    public void backward(Bytes work) {
        backward.run();
        work.gigaByte += 12e-9 * TOKENS * WIDTH;
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
        bench.close();
    }
}
