package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.jelectra.gpu.DeviceMemory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation on doubles against its definition. */
class DoubleInstructionsTest {

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    private interface Definition {
        double of(double a, double b, double c);
    }

    private static Arguments operation(String statement, Definition definition) {
        return arguments(statement, definition);
    }

    private static double upperHalf(double x) {
        return Double.longBitsToDouble(Double.doubleToLongBits(x) >> 32 << 32);
    }

    static Stream<Arguments> operations() {
        return Stream.of(
                operation("add.f64 d, a, b;", (a, b, c) -> a + b),
                operation("sub.f64 d, a, b;", (a, b, c) -> a - b),
                operation("mul.rn.f64 d, a, b;", (a, b, c) -> a * b),
                operation("div.rn.f64 d, a, b;", (a, b, c) -> a / b),
                operation("fma.rn.f64 d, a, b, c;", (a, b, c) -> Math.fma(a, b, c)),
                operation("neg.f64 d, a;", (a, b, c) -> -a),
                operation("abs.f64 d, a;", (a, b, c) -> Math.abs(a)),
                operation("min.f64 d, a, b;", (a, b, c) -> a != a ? b : b != b ? a : Math.min(a, b)),
                operation("max.f64 d, a, b;", (a, b, c) -> a != a ? b : b != b ? a : Math.max(a, b)),
                operation("sqrt.rn.f64 d, a;", (a, b, c) -> Math.sqrt(a)),
                operation("rcp.rn.f64 d, a;", (a, b, c) -> 1 / a),
                operation("rcp.approx.ftz.f64 d, a;", (a, b, c) -> upperHalf(1 / a)),
                operation("copysign.f64 d, a, b;", (a, b, c) -> Math.copySign(b, a)),
                operation("mov.f64 d, 0d3FF8000000000000; add.f64 d, d, a;", (a, b, c) -> 1.5 + a),
                operation("setp.lt.f64 %p0, a, b; selp.f64 d, a, c, %p0;", (a, b, c) -> a < b ? a : c),
                operation("setp.gtu.f64 %p0, a, b; selp.f64 d, a, c, %p0;", (a, b, c) -> a <= b ? c : a),
                operation("setp.neu.f64 %p0, a, b; selp.f64 d, a, c, %p0;", (a, b, c) -> a != b ? a : c),
                operation(
                        "{ .reg .b32 lo, hi; mov.b64 {lo, hi}, a; xor.b32 hi, hi, 0x80000000; mov.b64 d, {lo, hi}; }",
                        (a, b, c) -> -a));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void equalsItsDefinition(String statement, Definition definition) {
        double[] a = LanewiseKernel.doubles(1);
        double[] b = LanewiseKernel.doubles(2);
        double[] c = LanewiseKernel.doubles(3);
        DeviceMemory d = bench.memory(8 * LanewiseKernel.SIZE);
        String source = LanewiseKernel.source("f64", "f64", statement);
        LanewiseKernel.run(bench, source, bench.doubles(a), bench.doubles(b), bench.doubles(c), d);
        double[] got = bench.doubles(d);
        for (int i = 0; i < got.length; i++) {
            double expected = definition.of(a[i], b[i], c[i]);
            assertThat(Double.doubleToLongBits(got[i]))
                    .as("%s of %s, %s, %s: %s, got %s", statement, a[i], b[i], c[i], expected, got[i])
                    .isEqualTo(Double.doubleToLongBits(expected));
        }
    }
}
