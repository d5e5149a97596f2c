package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.jelectra.gpu.DeviceMemory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Approximate functions are as wrong as a device's may be, and not more; with other operations nothing changes. */
class RoughFunctionsTest {

    @AutoClose
    private final SimulatorBench rough =
            new SimulatorBench(SimulatorOptions.defaults().withRoughFunctions(true));

    @AutoClose
    private final SimulatorBench plain = new SimulatorBench(SimulatorOptions.defaults());

    private static float[] run(SimulatorBench bench, String statement, float[] operands) {
        DeviceMemory in = bench.floats(operands);
        DeviceMemory out = bench.memory(4 * LanewiseKernel.SIZE);
        LanewiseKernel.run(bench, LanewiseKernel.source("f32", "f32", statement), in, in, in, out);
        return bench.floats(out);
    }

    /** The largest error as a part of the result, by the units of the last place that the PTX ISA promises. */
    static Stream<Arguments> functions() {
        DoubleUnaryOperator inverseRoot = x -> 1 / Math.sqrt(x);
        return Stream.of(
                arguments("ex2.approx.ftz.f32 d, a;", (DoubleUnaryOperator) x -> Math.pow(2, x), 2.5, 0.0, 0.5),
                arguments("rcp.approx.ftz.f32 d, a;", (DoubleUnaryOperator) x -> 1 / x, 1.0, 0.0, 0.3),
                arguments("rsqrt.approx.ftz.f32 d, a;", inverseRoot, 0.0, 0x1p-22 * Math.pow(2, -0.9), 0.5));
    }

    @ParameterizedTest
    @MethodSource("functions")
    void atTheEdgeOfTheirError(
            String statement, DoubleUnaryOperator function, double ulps, double relative, double share) {
        float[] operands = LanewiseKernel.singles(1);
        float[] got = run(rough, statement, operands);
        float[] nearest = run(plain, statement, operands);
        int changed = 0;
        int ordinary = 0;
        double above = 0;
        double below = 0;
        for (int i = 0; i < got.length; i++) {
            double exact = function.applyAsDouble(operands[i]);
            boolean finite = Math.abs(exact) >= 2 * Float.MIN_NORMAL && Math.abs(exact) < Float.MAX_VALUE / 2;
            if (!finite || Math.abs(operands[i]) < Float.MIN_NORMAL) {
                assertThat(Float.floatToIntBits(got[i]))
                        .as("%s of %s", statement, operands[i])
                        .isEqualTo(Float.floatToIntBits(nearest[i]));
                continue;
            }
            double error = got[i] - exact;
            double limit = ulps * Math.ulp(nearest[i]) + relative * Math.abs(exact);
            assertThat(Math.abs(error))
                    .as("%s of %s: %s", statement, operands[i], got[i])
                    .isLessThanOrEqualTo(limit);
            above = Math.max(above, error / limit);
            below = Math.min(below, error / limit);
            ordinary++;
            changed += got[i] == nearest[i] ? 0 : 1;
        }
        assertThat(ordinary).isGreaterThan(50);
        assertThat(changed).isGreaterThan((int) (share * ordinary));
        assertThat(above).isGreaterThan(0.7);
        assertThat(below).isLessThan(-0.7);
        assertThat(run(rough, statement, operands)).isEqualTo(got);
    }

    @ParameterizedTest
    @MethodSource("exact")
    void operationsThatPromiseMoreStayAsTheyAre(String statement) {
        float[] operands = LanewiseKernel.singles(2);
        assertThat(run(rough, statement, operands)).isEqualTo(run(plain, statement, operands));
    }

    static Stream<String> exact() {
        return Stream.of("rcp.rn.f32 d, a;", "add.f32 d, a, b;", "sqrt.rn.f32 d, a;", "div.rn.f32 d, a, b;");
    }
}
