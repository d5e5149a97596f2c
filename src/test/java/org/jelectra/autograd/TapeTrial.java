package org.jelectra.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jelectra.backend.Backend;
import org.jelectra.backend.PlainBackend;
import org.jelectra.backend.PlainStorage;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * A small graph on a tape, with weights that are the same numbers on every backend: random ones by name, of which some are frozen. On
 * {@link PlainBackend#exact} its gradients can be checked by central differences in double arithmetic.
 */
final class TapeTrial {

    /** With it the neglected third derivative contributes about 1e-10. */
    private static final double STEP = 1e-5;

    /** What is recorded. Returns the loss. */
    @FunctionalInterface
    interface Graph {
        Tensor record(TapeTrial trial);
    }

    private final Backend backend;
    private final Set<String> frozen;
    private final Tape tape;
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Tensor loss;
    private final Program program;

    TapeTrial(Backend backend, Set<String> frozen, Graph graph) {
        this.backend = backend;
        this.frozen = frozen;
        tape = new Tape(backend, ints(7, 0, 3, 0)); // dropout is the same in all runs
        loss = graph.record(this);
        tape.backward();
        program = tape.compile();
        program.forward();
        program.backward();
    }

    /** Checks the gradients of all weights but the frozen ones, which must be some; the operation may read a weight before or after others. */
    static void assertGradients(Set<String> frozen, Graph graph) {
        TapeTrial trial = new TapeTrial(PlainBackend.exact(), frozen, graph);
        assertThat(trial.gradients()).as("trained with " + frozen + " frozen").isNotEmpty();
        trial.gradients().forEach(trial::assertGradient);
    }

    /** Checks that the backends find, up to rounding, the gradients of double arithmetic. */
    static void assertSameGradients(Set<String> frozen, Graph graph, Backend... backends) {
        Map<String, float[]> expected = new TapeTrial(PlainBackend.exact(), frozen, graph).gradients();
        assertThat(expected).as("trained with " + frozen + " frozen").isNotEmpty();
        for (Backend backend : backends) {
            Map<String, float[]> gradients = new TapeTrial(backend, frozen, graph).gradients();
            expected.forEach((name, gradient) -> assertThat(gradients.get(name))
                    .as("d%s on %s with %s frozen", name, backend.name(), frozen)
                    .containsExactly(gradient, within(1e-3f)));
        }
    }

    private void assertGradient(String name, float[] gradient) {
        Tensor value = parameters.get(name).value();
        double[] start = PlainStorage.numbers(value);
        assertThat(gradient).hasSize(start.length);
        for (int i = 0; i < start.length; i++) {
            double difference = (lossAt(value, start, i, STEP) - lossAt(value, start, i, -STEP)) / (2 * STEP);
            assertThat((double) gradient[i])
                    .as("element %d of d%s with %s frozen", i, name, frozen)
                    .isCloseTo(difference, within(1e-6 * Math.max(1, Math.abs(difference))));
        }
        PlainStorage.write(value, start);
        assertThat(gradient).as("d" + name).isNotEqualTo(new float[gradient.length]);
    }

    private double lossAt(Tensor value, double[] start, int element, double step) {
        double[] moved = start.clone();
        moved[element] += step;
        PlainStorage.write(value, moved);
        program.forward();
        return PlainStorage.numbers(loss)[0];
    }

    Tape tape() {
        return tape;
    }

    /** Gradients by name of all weights that are not frozen. */
    Map<String, float[]> gradients() {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        parameters.forEach((name, parameter) -> {
            if (!frozen.contains(name)) {
                gradients.put(name, read(parameter.gradient()));
            }
        });
        return gradients;
    }

    float[] read(Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        backend.download(tensor, values, 0);
        return values;
    }

    /** The weight of that name: a parameter, or a constant where it is frozen. */
    Variable weight(String name, int... dimensions) {
        Parameter parameter = parameters.computeIfAbsent(
                name,
                n -> new Parameter(n, tensor(n, DType.FLOAT32, dimensions), zeros("d" + n, DType.FLOAT32, dimensions)));
        return frozen.contains(name) ? tape.constant(parameter.value()) : tape.parameter(parameter);
    }

    /** A given value of a model. */
    Variable input(String name, int rows, int width) {
        return tape.constant(tensor(name, backend.valueType(), rows, width));
    }

    /** Small random numbers, a function of the name. */
    private Tensor tensor(String name, DType dtype, int... dimensions) {
        Tensor tensor = zeros(name, dtype, dimensions);
        Random random = new Random(name.hashCode());
        float[] values = new float[(int) tensor.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.7f * (float) random.nextGaussian();
        }
        backend.upload(values, 0, tensor);
        return tensor;
    }

    private Tensor zeros(String name, DType dtype, int... dimensions) {
        Shape shape = Shape.of(dimensions);
        return Tensor.of(name, shape, backend.allocate(dtype, shape.size()), 0);
    }

    Tensor ints(int... values) {
        Tensor tensor = zeros("ints", DType.INT32, values.length);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    Tensor filled(float value, int size) {
        Tensor tensor = zeros("filled", DType.FLOAT32, size);
        float[] values = new float[size];
        Arrays.fill(values, value);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    /** Half the sum of squares: a loss in which every element has another gradient. */
    Tensor squares(Variable y) {
        int size = (int) y.value().size();
        return tape.losses().squaredError(y, filled(0, size), filled(0.5f, size), filled(1, 1), 1);
    }
}
