package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.jelectra.backend.Reference;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Precision of linear layers with bf16 values: their error against float64 is at most twice that of a plain computation, which
 * rounds the inputs to bf16, computes in float64 and rounds the result, and at most a hundredth of the result (L2 norms).
 */
class GemmBf16Test {

    private CudaBackend backend;
    private RandomSource random;

    @BeforeEach
    void open() {
        backend = CudaBackend.on(Gpu.open(new SimulatedDriver(), 0), DType.BFLOAT16);
        random = new RandomSource(20, 1, 0, 0);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    /** Tokens, inputs and outputs. */
    static Stream<Arguments> layers() {
        return Stream.of(Arguments.of(128, 256, 256), Arguments.of(67, 129, 100), Arguments.of(600, 64, 40));
    }

    private final class Values {
        private final double[] exact;
        private final Tensor tensor;

        Values(DType type, double scale, int... shape) {
            exact = new double[(int) Shape.of(shape).size()];
            for (int i = 0; i < exact.length; i++) {
                exact[i] = (float) (scale
                        * Math.sqrt(-2 * Math.log(1 - random.nextDouble()))
                        * Math.cos(2 * Math.PI * random.nextDouble()));
            }
            tensor = Tensor.of("values", Shape.of(shape), backend.allocate(type, exact.length), 0);
            float[] floats = new float[exact.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) exact[i];
            }
            backend.upload(floats, 0, tensor);
        }

        double at(int index, boolean rounded) {
            return rounded ? round(exact[index]) : exact[index];
        }
    }

    private static double round(double x) {
        return Bfloat16.toFloat(Bfloat16.of((float) x));
    }

    /** An element of a result, from inputs as they are or rounded to bf16. */
    private interface Result {
        double at(int row, int column, boolean rounded);
    }

    private void assertPrecise(Tensor got, Result result) {
        float[] values = new float[(int) got.size()];
        backend.download(got, values, 0);
        boolean rounds = got.dtype() == DType.BFLOAT16;
        double norm = 0;
        double error = 0;
        double plainError = 0;
        int width = got.shape().width();
        for (int i = 0; i < values.length; i++) {
            double exact = result.at(i / width, i % width, false);
            double plain = result.at(i / width, i % width, true);
            norm += exact * exact;
            error += square(values[i] - exact);
            plainError += square((rounds ? round(plain) : plain) - exact);
        }
        assertThat(Math.sqrt(error)).as("error of " + got).isLessThanOrEqualTo(2 * Math.sqrt(plainError));
        assertThat(Math.sqrt(error / norm)).as("relative error of " + got).isLessThan(1e-2);
    }

    private static double square(double x) {
        return x * x;
    }

    private Tensor output(String name, int rows, int width) {
        return Tensor.of(name, Shape.of(rows, width), backend.allocate(DType.BFLOAT16, (long) rows * width), 0);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void forwardIsPrecise(int tokens, int inputs, int outputs) {
        Values x = new Values(DType.BFLOAT16, 1, tokens, inputs);
        Values weight = new Values(DType.FLOAT32, 1 / Math.sqrt(inputs), outputs, inputs);
        Values bias = new Values(DType.FLOAT32, 1, outputs);
        Result linear = (i, j, rounded) -> {
            double sum = bias.at(j, false);
            for (int k = 0; k < inputs; k++) {
                sum += x.at(i * inputs + k, rounded) * weight.at(j * inputs + k, rounded);
            }
            return sum;
        };
        Tensor y = output("y", tokens, outputs);
        backend.linear(x.tensor, weight.tensor, bias.tensor, y).run();
        assertPrecise(y, linear);

        Tensor preActivation = output("preActivation", tokens, outputs);
        Tensor activation = output("activation", tokens, outputs);
        backend.linearGelu(x.tensor, weight.tensor, bias.tensor, preActivation, activation)
                .run();
        assertPrecise(preActivation, linear);
        DoubleUnaryOperator gelu = Reference::gelu;
        assertPrecise(activation, (i, j, rounded) -> gelu.applyAsDouble(linear.at(i, j, rounded)));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void backwardIsPrecise(int tokens, int inputs, int outputs) {
        Values dy = new Values(DType.BFLOAT16, 1, tokens, outputs);
        Values weight = new Values(DType.FLOAT32, 1 / Math.sqrt(inputs), outputs, inputs);
        Values before = new Values(DType.BFLOAT16, 1, tokens, inputs);
        Values preActivation = new Values(DType.BFLOAT16, 1, tokens, inputs);
        Result input = (i, j, rounded) -> {
            double sum = 0;
            for (int k = 0; k < outputs; k++) {
                sum += dy.at(i * outputs + k, rounded) * weight.at(k * inputs + j, rounded);
            }
            return sum;
        };
        Tensor dx = output("dx", tokens, inputs);
        backend.linearBackwardInput(dy.tensor, weight.tensor, dx, false).run();
        assertPrecise(dx, input);

        backend.linearBackwardInput(dy.tensor, weight.tensor, before.tensor, true)
                .run();
        assertPrecise(before.tensor, (i, j, rounded) -> input.at(i, j, rounded) + before.at(i * inputs + j, rounded));

        backend.linearBackwardInputGelu(dy.tensor, weight.tensor, preActivation.tensor, dx)
                .run();
        assertPrecise(
                dx,
                (i, j, rounded) ->
                        input.at(i, j, rounded) * Reference.geluSlope(preActivation.at(i * inputs + j, rounded)));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void weightGradientsArePrecise(int tokens, int inputs, int outputs) {
        Values x = new Values(DType.BFLOAT16, 1, tokens, inputs);
        Values dy = new Values(DType.BFLOAT16, 1, tokens, outputs);
        Values dWeight = new Values(DType.FLOAT32, 1, outputs, inputs);
        Values dBias = new Values(DType.FLOAT32, 1, 1, outputs);
        backend.linearBackwardWeight(
                        x.tensor,
                        dy.tensor,
                        dWeight.tensor,
                        Tensor.of("dBias", Shape.of(outputs), dBias.tensor.storage(), 0))
                .run();
        assertPrecise(dWeight.tensor, (i, j, rounded) -> {
            double sum = dWeight.at(i * inputs + j, false);
            for (int k = 0; k < tokens; k++) {
                sum += dy.at(k * outputs + i, rounded) * x.at(k * inputs + j, rounded);
            }
            return sum;
        });
        assertPrecise(dBias.tensor, (i, j, rounded) -> {
            double sum = dBias.at(j, false);
            for (int k = 0; k < tokens; k++) {
                sum += dy.at(k * outputs + j, rounded);
            }
            return sum;
        });
    }
}
