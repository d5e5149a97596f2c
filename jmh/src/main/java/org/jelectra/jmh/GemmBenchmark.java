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
 * Matrix products of a linear layer, forward and both backward: preset small's shapes at 8 x 128 tokens. 2 M N K operations each.
 *
 * <p>{@code jmh/run GemmBenchmark}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class GemmBenchmark {

    /** As in {@code --backend}. */
    @Param("auto")
    public String backend;

    /** Threads of the CPU backend. */
    @Param({"1", "2"})
    public int threads;

    /** Tokens x inputs x outputs: query-key-value, feed-forward up and down, generator's words. */
    @Param({"1024x256x768", "1024x256x1024", "1024x1024x256", "152x128x30522"})
    public String size;

    private Bench bench;
    private double gigaFlop;
    private Operation forward;
    private Operation backwardInput;
    private Operation backwardWeight;

    /** Allocates and prepares. */
    @Setup
    public void prepare() {
        bench = new Bench(backend, threads);
        String[] sizes = size.split("x");
        int m = Integer.parseInt(sizes[0]);
        int k = Integer.parseInt(sizes[1]);
        int n = Integer.parseInt(sizes[2]);
        gigaFlop = 2e-9 * m * k * n;
        Tensor x = bench.normal("x", m, k);
        Tensor weight = bench.normal("weight", n, k);
        Tensor bias = bench.normal("bias", n);
        Tensor y = bench.normal("y", m, n);
        forward = bench.backend.linear(x, weight, bias, bench.zeros("out", m, n));
        backwardInput = bench.backend.linearBackwardInput(y, weight, bench.zeros("dx", m, k), false);
        backwardWeight =
                bench.backend.linearBackwardWeight(x, y, bench.zeros("dWeight", n, k), bench.zeros("dBias", n));
    }

    /** {@code y = x weight^T + bias}. */
    @Benchmark
    public void forward(Flops work) {
        forward.run();
        work.gigaFlop += gigaFlop;
    }

    /** {@code dx = dy weight}. */
    @Benchmark
    public void backwardInput(Flops work) {
        backwardInput.run();
        work.gigaFlop += gigaFlop;
    }

    /** {@code dWeight += dy^T x}, {@code dBias += column sums}. */
    @Benchmark
    public void backwardWeight(Flops work) {
        backwardWeight.run();
        work.gigaFlop += gigaFlop;
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
        bench.close();
    }
}
