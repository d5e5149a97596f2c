package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.tensor.Tensor;

/** The tensors of one case of a golden file, {@code prefix.name}, on a backend. */
record GoldenTensors(SafetensorsReader file, String prefix, Workbench bench) {

    /** All prefixes of a file that hold tensors directly: {@code linear.r6} for {@code linear.r6.x}. */
    static Set<String> cases(SafetensorsReader file) {
        Set<String> cases = new LinkedHashSet<>();
        for (String name : file.names()) {
            cases.add(name.substring(0, name.lastIndexOf('.')));
        }
        return cases;
    }

    int[] shape(String name) {
        return Arrays.stream(file.shape(prefix + "." + name))
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    double[] values(String name) {
        try {
            float[] values = file.floats(prefix + "." + name);
            return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int[] integers(String name) {
        try {
            return Arrays.stream(file.longs(prefix + "." + name))
                    .mapToInt(Math::toIntExact)
                    .toArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tensor of that name, with its own shape. */
    Tensor input(String name) {
        return bench.input(name, values(name), shape(name));
    }

    /** An output with the shape of the tensor of that name. */
    Tensor output(String name) {
        return bench.output(name, shape(name));
    }

    /** A gradient that begins as zeros, with the shape of the tensor of that name. */
    Tensor gradient(String name) {
        return bench.variable(name, new double[values(name).length], shape(name));
    }

    /** Compares with the tensor of that name: {@code |got - expected| <= relative * max|expected| + absolute}. */
    void assertClose(String name, double[] got, double relative, double absolute) {
        double[] expected = values(name);
        assertThat(got).as(prefix + "." + name).hasSameSizeAs(expected);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        for (int i = 0; i < got.length; i++) {
            double difference = Math.abs(got[i] - expected[i]);
            assertThat(difference)
                    .as("%s.%s element %d: expected %s, got %s", prefix, name, i, expected[i], got[i])
                    .isLessThanOrEqualTo(relative * largest + absolute);
        }
    }

    /** Compares a forward result; the tolerances of single operations in float32. */
    void assertForward(String name, Tensor got) {
        assertClose(name, bench.read(got), isOffset() ? 2e-5 : 5e-6, 1e-7);
    }

    /** Compares a gradient. */
    void assertBackward(String name, Tensor got) {
        assertClose(name, bench.read(got), isOffset() ? 5e-5 : 1e-5, 1e-7);
    }

    /** Whether the values lie far from 0, where float32 has less to give. */
    private boolean isOffset() {
        return prefix.endsWith("_offset");
    }
}
