package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.backend.check.Sizes;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;

/**
 * How exact the CUDA backend is, operation by operation: in float32 its numbers are the CPU's to 1e-5, in bf16 their error against
 * float64 is at most twice that of a plain bf16 computation ({@link PlainBackend}). Errors are parts of the largest number of the
 * result. With {@code -Djelectra.precision.print=true} the tables are printed.
 */
class PrecisionTest {

    private static final double FLOAT32_ERROR = 1e-5;
    private static final double RATIO = 2;

    /** Sizes of the smallest encoder, whose self-attention is one kernel. */
    private static final Sizes ONE_HEAD = new Sizes(new AttentionShape(2, 64, 1, 64), 256, 257, 16);

    /**
     * A backend; it is closed by the test. In bf16 its sums are cut as those of tensor cores are; float32 has none
     * ({@link TensorCoresTest}).
     */
    protected Backend backend(DType valueType) {
        return SimulatedBackends.open(
                valueType, SimulatorOptions.defaults().withRaces(false).withCutSums(valueType == DType.BFLOAT16));
    }

    /** Of the differences of two results, as parts of the largest number: the largest, and the root of the mean square. */
    record Error(double largest, double rms) {

        static Error of(double[] got, double[] exact) {
            double scale = Double.MIN_NORMAL;
            double largest = 0;
            double squares = 0;
            for (int i = 0; i < exact.length; i++) {
                assertThat(got[i]).isFinite();
                scale = Math.max(scale, Math.abs(exact[i]));
                double difference = Math.abs(got[i] - exact[i]);
                largest = Math.max(largest, difference);
                squares += difference * difference;
            }
            return new Error(largest / scale, Math.sqrt(squares / exact.length) / scale);
        }

        boolean atMost(double factor, Error other) {
            return largest <= factor * other.largest && rms <= factor * other.rms;
        }
    }

    private static void print(List<String> table) {
        if (Boolean.getBoolean("jelectra.precision.print")) {
            table.forEach(System.out::println);
        }
    }

    static List<PrecisionTrial> trials() {
        return Stream.of(Sizes.ODD, Sizes.EVEN, ONE_HEAD)
                .flatMap(sizes -> PrecisionTrial.at(sizes).stream())
                .toList();
    }

    private static String row(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    @Test
    void float32IsTheCpus() {
        List<String> table = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        table.add(row("%-50s %-15s %10s %10s %10s", "float32", "result", "to the CPU", "to float64", "CPU's"));
        try (Backend cuda = backend(DType.FLOAT32);
                Backend cpu = CpuBackend.create(2);
                Backend exact = PlainBackend.exact()) {
            for (PrecisionTrial each : trials()) {
                PrecisionTrial.Content content = each.draw();
                Map<String, double[]> got = each.run(cuda, content);
                Map<String, double[]> expected = each.run(cpu, content);
                Map<String, double[]> truth = each.run(exact, content);
                for (String result : truth.keySet()) {
                    Error toCpu = Error.of(got.get(result), expected.get(result));
                    String line = row(
                            "%-50s %-15s %10.2e %10.2e %10.2e",
                            each.name(),
                            result,
                            toCpu.largest(),
                            Error.of(got.get(result), truth.get(result)).largest(),
                            Error.of(expected.get(result), truth.get(result)).largest());
                    table.add(line);
                    if (toCpu.largest() > FLOAT32_ERROR) {
                        failures.add(line);
                    }
                }
            }
        }
        print(table);
        assertThat(failures)
                .as("results that differ from the CPU's by more than " + FLOAT32_ERROR)
                .isEmpty();
    }

    @Test
    void bf16ErrorsAreAtMostTwiceThoseOfPlainBf16() {
        List<String> table = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        table.add(row(
                "%-50s %-15s %-8s %10s %10s %6s %10s %10s %6s",
                "bf16", "result", "type", "largest", "plain's", "ratio", "rms", "plain's", "ratio"));
        try (Backend cuda = backend(DType.BFLOAT16);
                Backend plain = PlainBackend.bf16();
                Backend exact = PlainBackend.exact()) {
            for (PrecisionTrial each : trials()) {
                PrecisionTrial.Content content = each.draw();
                Map<String, double[]> got = each.run(cuda, content);
                Map<String, double[]> usual = each.run(plain, content);
                Map<String, double[]> truth = each.run(exact, content);
                for (String result : truth.keySet()) {
                    Error ours = Error.of(got.get(result), truth.get(result));
                    Error theirs = Error.of(usual.get(result), truth.get(result));
                    boolean value = each.isValue(result);
                    String line = row(
                            "%-50s %-15s %-8s %10.2e %10.2e %6s %10.2e %10.2e %6s",
                            each.name(),
                            result,
                            value ? "bf16" : "float32",
                            ours.largest(),
                            theirs.largest(),
                            ratio(ours.largest(), theirs.largest()),
                            ours.rms(),
                            theirs.rms(),
                            ratio(ours.rms(), theirs.rms()));
                    table.add(line);
                    // what is float32 in both may have the errors of float32
                    if (!ours.atMost(RATIO, theirs) && (value || ours.largest() > FLOAT32_ERROR)) {
                        failures.add(line);
                    }
                }
            }
        }
        print(table);
        assertThat(failures)
                .as("results with more than " + RATIO + " times the error")
                .isEmpty();
    }

    private static String ratio(double ours, double plain) {
        return plain < 1e-7 ? "-" : row("%.2f", ours / plain);
    }
}
