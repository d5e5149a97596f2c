package org.jelectra.jmh;

import java.util.concurrent.TimeUnit;
import org.jelectra.backend.AttentionOperands;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
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
 * Attention of preset small (8 x 128 tokens, 4 heads of 64): 4 B A S S D operations forward, 10 backward (scores once more).
 *
 * <p>{@code jmh/run AttentionBenchmark}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class AttentionBenchmark {

    /** As in {@code --backend}. */
    @Param("auto")
    public String backend;

    /** Threads of the CPU backend. */
    @Param({"1", "2"})
    public int threads;

    /** Dropout of the probabilities. */
    @Param({"0", "0.1"})
    public float dropout;

    private static final AttentionShape SHAPE = new AttentionShape(8, 128, 4, 64);

    private Bench bench;
    private double unit;
    private Operation forward;
    private Operation backward;

    /** Allocates and prepares. */
    @Setup
    public void prepare() {
        bench = new Bench(backend, threads);
        int tokens = SHAPE.batch() * SHAPE.length();
        int hidden = SHAPE.hiddenSize();
        unit = 1e-9 * tokens * SHAPE.length() * hidden;
        Dropout drop = dropout == 0 ? Dropout.NONE : bench.dropout(dropout);
        AttentionOperands operands = new AttentionOperands(
                bench.normal("qkv", tokens, 3 * hidden),
                bench.ones("mask", tokens),
                SHAPE,
                drop,
                bench.zeros("out", tokens, hidden),
                bench.zeros("logSumExp", SHAPE.batch(), SHAPE.heads(), SHAPE.length()));
        forward = bench.backend.attention(operands);
        backward = bench.backend.attentionBackward(
                operands, bench.normal("dOut", tokens, hidden), bench.zeros("dQkv", tokens, 3 * hidden));
        forward.run();
    }

    /** Scores, softmax, weighted sum. */
    @Benchmark
    public void forward(Flops work) {
        forward.run();
        work.gigaFlop += 4 * unit;
    }

    /** Gradients of queries, keys and values. */
    @Benchmark
    public void backward(Flops work) {
        backward.run();
        work.gigaFlop += 10 * unit;
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
        bench.close();
    }
}
