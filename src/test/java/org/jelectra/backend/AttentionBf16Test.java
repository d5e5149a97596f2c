package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.KernelCounters;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The attention kernels on tensor cores, executed by the simulator. The rule is that of FlashAttention's tests: the error against
 * the exact result is at most twice (forward) or three times (gradients) that of the same computation in plain bf16 operations.
 */
class AttentionBf16Test {

    private static final int GUARD = 8;
    private static final float GUARD_VALUE = 12345;

    private final SimulatedDriver driver =
            new SimulatedDriver(SimulatorOptions.defaults().withRaces(true));
    private final CudaBackend backend = CudaBackend.on(Gpu.open(driver, 0), DType.BFLOAT16);
    private final RandomSource random = new RandomSource(17, 3, 0, 0);

    @AfterEach
    void close() {
        backend.close();
    }

    static Stream<Arguments> cases() {
        return Stream.of(
                // one block for all gradients
                Arguments.of(new AttentionShape(2, 128, 2, 64), "every key", 0.1f, 0),
                Arguments.of(new AttentionShape(1, 128, 2, 32), "holes", 0.1f, 0),
                Arguments.of(new AttentionShape(3, 96, 1, 128), "padding", 0f, 0),
                Arguments.of(new AttentionShape(3, 33, 2, 32), "padding", 0.5f, 0),
                Arguments.of(new AttentionShape(3, 61, 1, 40), "nothing", 0.3f, 0),
                Arguments.of(new AttentionShape(2, 77, 2, 20), "holes", 0.1f, 0),
                Arguments.of(new AttentionShape(1, 17, 2, 64), "every key", 0.1f, 1),
                // one block for all gradients, keys tile by tile
                Arguments.of(new AttentionShape(1, 200, 2, 64), "holes", 0.1f, 0),
                Arguments.of(new AttentionShape(3, 160, 1, 64), "padding", 0.1f, 0),
                Arguments.of(new AttentionShape(1, 512, 2, 64), "every key", 0.1f, 0),
                Arguments.of(new AttentionShape(3, 300, 1, 64), "padding", 0f, 0),
                Arguments.of(new AttentionShape(2, 291, 1, 64), "end", 0.1f, 0),
                Arguments.of(new AttentionShape(2, 270, 1, 40), "nothing", 0.1f, 0),
                Arguments.of(new AttentionShape(1, 131, 2, 61), "holes", 0.3f, 1),
                // blocks of queries, then blocks of keys
                Arguments.of(new AttentionShape(1, 520, 1, 64), "holes", 0.1f, 0),
                Arguments.of(new AttentionShape(2, 150, 1, 128), "nothing", 0.2f, 0),
                Arguments.of(new AttentionShape(1, 289, 1, 32), "padding", 0.1f, 0),
                Arguments.of(new AttentionShape(1, 131, 1, 99), "every key", 0f, 1));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void errorsAreThoseOfBf16(AttentionShape shape, String kind, float probability, int misalignment) {
        int tokens = shape.batch() * shape.length();
        int hidden = shape.hiddenSize();
        int pairs = tokens * shape.heads() * shape.length();
        int[] mask = mask(kind, shape);
        ReferenceRandom source = new ReferenceRandom(0x123456789ABCDEFL, 5, 77, 3);
        Tensor clock = ints(source.clock());
        Dropout dropout =
                probability > 0 ? new Dropout(probability, new Randomness(clock, source.stream())) : Dropout.NONE;
        double[] factors = source.dropoutFactors(dropout, pairs);
        double[] qkv = normal(tokens * 3 * hidden);
        double[] dOut = normal(tokens * hidden);
        PlainAttention exact = new PlainAttention(DoubleUnaryOperator.identity(), shape, qkv, mask, factors);
        PlainAttention plain = new PlainAttention(PlainBackend::nearestBf16, shape, qkv, mask, factors);

        Tensor inputs = values(qkv, 3 * hidden, misalignment);
        Tensor out = values(nan(tokens * hidden), hidden, misalignment);
        Tensor logSumExp = floats(shape.batch() * shape.heads() * shape.length());
        AttentionOperands operands = new AttentionOperands(inputs, ints(mask), shape, dropout, out, logSumExp);
        Operation forward = backend.attention(operands);
        forward.run();
        double[] got = read(out, misalignment);
        assertErrors("out", got, exact.out(), plain.out(), 2);

        Tensor dQkv = values(nan(tokens * 3 * hidden), 3 * hidden, misalignment);
        Operation backward = backend.attentionBackward(operands, values(dOut, hidden, misalignment), dQkv);
        backward.run();
        double[] gradient = read(dQkv, misalignment);
        assertErrors("dQkv", gradient, exact.backward(dOut), plain.backward(dOut), 3);

        forward.run();
        backward.run();
        assertThat(read(out, misalignment)).as("out of a second run").containsExactly(got);
        assertThat(read(dQkv, misalignment)).as("dQkv of a second run").containsExactly(gradient);
    }

    /** No access to shared memory waits for another because of a bank. */
    @ParameterizedTest
    @ValueSource(ints = {32, 64, 128})
    void sharedMemoryHasNoBankConflicts(int size) {
        List<AttentionShape> shapes = List.of(
                new AttentionShape(1, 128, 1, size),
                new AttentionShape(1, 160, 2, size),
                new AttentionShape(1, size == 64 ? 520 : 192, 1, size));
        for (AttentionShape shape : shapes) {
            int length = shape.length();
            int hidden = shape.hiddenSize();
            Dropout dropout = new Dropout(0.1f, new Randomness(ints(new int[] {1, 2, 3, 0}), 4));
            Tensor qkv = values(normal(length * 3 * hidden), 3 * hidden, 0);
            Tensor mask = ints(ReferenceAttention.everyKey(length));
            Tensor out = values(nan(length * hidden), hidden, 0);
            Tensor logSumExp = floats(length * shape.heads());
            AttentionOperands operands = new AttentionOperands(qkv, mask, shape, dropout, out, logSumExp);
            backend.attention(operands).run();
            Tensor dOut = values(normal(length * hidden), hidden, 0);
            Tensor dQkv = values(nan(length * 3 * hidden), 3 * hidden, 0);
            backend.attentionBackward(operands, dOut, dQkv).run();
        }
        Map<String, KernelCounters> counters = driver.counters();
        String suffix = "_d" + size + "_bf16";
        List<String> parts = size == 64
                ? List.of("forward", "backward_queries", "backward_keys", "backward_whole")
                : List.of("forward", "backward_queries", "backward_keys");
        assertThat(counters.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        parts.stream().map(part -> "attention_" + part + suffix).toList());
        counters.forEach((kernel, counts) ->
                assertThat(counts.sharedWavefronts()).as(kernel).isEqualTo(counts.idealSharedWavefronts()));
    }

    private static void assertErrors(String what, double[] got, double[] exact, double[] plain, double factor) {
        PrecisionTest.Error ours = PrecisionTest.Error.of(got, exact);
        PrecisionTest.Error usual = PrecisionTest.Error.of(plain, exact);
        assertThat(usual.largest()).as("error of plain bf16").isPositive();
        assertThat(ours)
                .as("error of %s, at most %s times that of plain bf16, %s", what, factor, usual)
                .matches(error -> error.atMost(factor, usual));
    }

    private int[] mask(String kind, AttentionShape shape) {
        int length = shape.length();
        int[] mask = ReferenceAttention.everyKey(shape.batch() * length);
        for (int b = 0; b < shape.batch(); b++) {
            for (int key = 0; key < length; key++) {
                boolean counts = switch (kind) {
                    case "padding" -> key < Math.max(1, length - 1 - b * length / 3);
                    case "holes" -> random.nextInt(3) > 0;
                    case "nothing" -> b < shape.batch() - 1;
                    case "end" -> key >= 260 + 10 * b;
                    default -> true;
                };
                mask[b * length + key] = counts ? 1 : 0;
            }
        }
        return mask;
    }

    private double[] normal(int n) {
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            double radius = Math.sqrt(-2 * Math.log(random.nextDouble()));
            values[i] = PlainBackend.nearestBf16(radius * Math.cos(2 * Math.PI * random.nextDouble()));
        }
        return values;
    }

    private static double[] nan(int n) {
        double[] values = new double[n];
        Arrays.fill(values, Double.NaN);
        return values;
    }

    /** A bf16 matrix that begins so many elements behind a multiple of 16 bytes, with guards around it. */
    private Tensor values(double[] values, int width, int misalignment) {
        int size = values.length + 2 * GUARD + misalignment;
        float[] body = new float[size];
        Arrays.fill(body, GUARD_VALUE);
        for (int i = 0; i < values.length; i++) {
            body[GUARD + misalignment + i] = (float) values[i];
        }
        Tensor whole = Tensor.of("values with guards", Shape.of(size), backend.allocate(DType.BFLOAT16, size), 0);
        backend.upload(body, 0, whole);
        return whole.view("values", GUARD + misalignment, Shape.of(values.length / width, width));
    }

    /** The tensor's values, after a look at its guards. */
    private double[] read(Tensor tensor, int misalignment) {
        int from = GUARD + misalignment;
        int size = (int) tensor.size() + 2 * GUARD + misalignment;
        float[] body = new float[size];
        backend.download(Tensor.of("values with guards", Shape.of(size), tensor.storage(), 0), body, 0);
        double[] values = new double[(int) tensor.size()];
        float guard = (float) PlainBackend.nearestBf16(GUARD_VALUE);
        for (int i = 0; i < size; i++) {
            if (i < from || i >= from + values.length) {
                assertThat(body[i]).as("guard " + i).isEqualTo(guard);
            } else {
                values[i - from] = body[i];
            }
        }
        return values;
    }

    private Tensor ints(int[] values) {
        Tensor tensor = Tensor.of("ints", Shape.of(values.length), backend.allocate(DType.INT32, values.length), 0);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    private Tensor floats(int n) {
        Tensor tensor = Tensor.of("floats", Shape.of(n), backend.allocate(DType.FLOAT32, n), 0);
        float[] nothing = new float[n];
        Arrays.fill(nothing, Float.NaN);
        backend.upload(nothing, 0, tensor);
        return tensor;
    }
}
