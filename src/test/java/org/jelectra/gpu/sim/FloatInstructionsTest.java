package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.stream.Stream;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.LaunchShape;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation on floats against its definition. */
class FloatInstructionsTest {

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    private interface Definition {
        double of(float a, float b, float c);
    }

    private static Arguments exact(String statement, Definition definition) {
        return arguments(statement, 0.0, definition);
    }

    private static Arguments near(String statement, double ulps, Definition definition) {
        return arguments(statement, ulps, definition);
    }

    private static float flush(double x) {
        return Math.abs((float) x) < Float.MIN_NORMAL ? Math.copySign(0f, (float) x) : (float) x;
    }

    static Stream<Arguments> operations() {
        return Stream.of(
                exact("add.f32 d, a, b;", (a, b, c) -> a + b),
                exact("sub.f32 d, a, b;", (a, b, c) -> a - b),
                exact("mul.rn.f32 d, a, b;", (a, b, c) -> a * b),
                exact("div.rn.f32 d, a, b;", (a, b, c) -> a / b),
                exact("div.full.f32 d, a, b;", (a, b, c) -> a / b),
                exact("fma.rn.f32 d, a, b, c;", (a, b, c) -> Math.fma(a, b, c)),
                exact("add.ftz.f32 d, a, b;", (a, b, c) -> flush(flush(a) + flush(b))),
                exact("mul.ftz.f32 d, a, b;", (a, b, c) -> flush(flush(a) * flush(b))),
                exact("add.sat.f32 d, a, b;", (a, b, c) -> a + b > 0 ? Math.min(1, a + b) : 0),
                exact("neg.f32 d, a;", (a, b, c) -> -a),
                exact("abs.f32 d, a;", (a, b, c) -> a < 0 || 1 / a < 0 ? -a : a),
                exact("min.f32 d, a, b;", (a, b, c) -> a != a ? b : b != b ? a : Math.min(a, b)),
                exact("max.f32 d, a, b;", (a, b, c) -> a != a ? b : b != b ? a : Math.max(a, b)),
                exact("max.NaN.f32 d, a, b;", (a, b, c) -> Math.max(a, b)),
                exact("copysign.f32 d, a, b;", (a, b, c) -> Math.copySign(b, a)),
                exact("sqrt.rn.f32 d, a;", (a, b, c) -> Math.sqrt(a)),
                exact("rcp.rn.f32 d, a;", (a, b, c) -> 1f / a),
                exact("add.rz.f32 d, a, b;", (a, b, c) -> directed(a, b, RoundingMode.DOWN, true)),
                exact("add.rm.f32 d, a, b;", (a, b, c) -> directed(a, b, RoundingMode.FLOOR, true)),
                exact("mul.rp.f32 d, a, b;", (a, b, c) -> directed(a, b, RoundingMode.CEILING, false)),
                near("ex2.approx.f32 d, a;", 2, (a, b, c) -> Math.pow(2, a)),
                near("ex2.approx.ftz.f32 d, a;", 2, (a, b, c) -> flush(Math.pow(2, flush(a)))),
                near("lg2.approx.f32 d, a;", 2, (a, b, c) -> Math.log(a) / Math.log(2)),
                near("rsqrt.approx.f32 d, a;", 2, (a, b, c) -> 1 / Math.sqrt(a)),
                near("rcp.approx.ftz.f32 d, a;", 1, (a, b, c) -> flush(1f / flush(a))),
                near("sin.approx.f32 d, a;", 1, (a, b, c) -> Math.sin(a)),
                near("cos.approx.f32 d, a;", 1, (a, b, c) -> Math.cos(a)),
                near("tanh.approx.f32 d, a;", 1, (a, b, c) -> Math.tanh(a)),
                exact("setp.lt.f32 %p0, a, b; selp.f32 d, a, c, %p0;", (a, b, c) -> a < b ? a : c),
                exact("setp.ltu.f32 %p0, a, b; selp.f32 d, a, c, %p0;", (a, b, c) -> !(a >= b) ? a : c),
                exact("setp.neu.f32 %p0, a, b; selp.f32 d, a, c, %p0;", (a, b, c) -> a != b ? a : c),
                exact("setp.ne.f32 %p0, a, b; selp.f32 d, a, c, %p0;", (a, b, c) -> a < b || a > b ? a : c),
                exact("setp.equ.f32 %p0, a, b; selp.f32 d, a, c, %p0;", (a, b, c) -> a < b || a > b ? c : a),
                exact("setp.geu.f32 %p0, a, b; selp.f32 d, a, c, %p0;", (a, b, c) -> a < b ? c : a),
                exact(
                        "setp.nan.f32 %p0, a, b; selp.f32 d, 0f3F800000, 0f00000000, %p0;",
                        (a, b, c) -> a != a || b != b ? 1 : 0),
                exact(
                        "setp.num.f32 %p0, a, b; selp.f32 d, 0f3F800000, 0f00000000, %p0;",
                        (a, b, c) -> a != a || b != b ? 0 : 1),
                exact("set.gt.f32.f32 d, a, b;", (a, b, c) -> a > b ? 1 : 0),
                exact("mov.b32 %i1, a; xor.b32 %i1, %i1, 0x80000000; mov.b32 d, %i1;", (a, b, c) -> -a),
                exact(
                        "mov.f32 d, c; setp.ge.f32 %p0, a, b; @%p0 fma.rn.f32 d, a, b, c;",
                        (a, b, c) -> a >= b ? Math.fma(a, b, c) : c));
    }

    private static double directed(float a, float b, RoundingMode mode, boolean sum) {
        double plain = sum ? (double) a + b : (double) a * b;
        if (Double.isNaN(plain) || Double.isInfinite(plain) || plain == 0) {
            return plain;
        }
        BigDecimal x = new BigDecimal(a);
        BigDecimal y = new BigDecimal(b);
        BigDecimal exact = sum ? x.add(y) : x.multiply(y, MathContext.UNLIMITED);
        float nearest = (float) plain;
        if (Float.isInfinite(nearest)) {
            boolean away = mode == RoundingMode.CEILING ? plain > 0 : mode == RoundingMode.FLOOR && plain < 0;
            return away ? nearest : Math.copySign(Float.MAX_VALUE, nearest);
        }
        int side = new BigDecimal(nearest).compareTo(exact);
        boolean up = mode == RoundingMode.CEILING || mode == RoundingMode.DOWN && plain < 0;
        return side == 0
                ? nearest
                : up ? side < 0 ? Math.nextUp(nearest) : nearest : side > 0 ? Math.nextDown(nearest) : nearest;
    }

    /** IEEE 754, section 6.3: zeros of one sign keep it, what cancels has the sign of the rounding. */
    @ParameterizedTest
    @CsvSource({
        "rm, 00000000, 3F800000, 80000000, 80000000",
        "rm, 80000000, 3F800000, 00000000, 80000000",
        "rm, 00000000, 3F800000, 00000000, 00000000",
        "rm, 3F800000, 3F800000, BF800000, 80000000",
        "rm, 80000000, 3F800000, 80000000, 80000000",
        "rp, 00000000, 3F800000, 80000000, 00000000",
        "rz, 00000000, 3F800000, 80000000, 00000000",
        "rz, 80000000, 3F800000, 80000000, 80000000",
        "rp, 3F800000, 3F800000, BF800000, 00000000"
    })
    void signsOfZerosThatAreRounded(String rounding, String a, String b, String c, String expected) {
        DeviceMemory out = bench.ints(0);
        bench.run(SimulatorBench.source(1, """
                        .reg .f32 %%d;
                        .reg .b64 %%rd;
                        ld.param.u64 %%rd, [p0];
                        fma.%s.f32 %%d, 0f%s, 0f%s, 0f%s;
                        st.global.f32 [%%rd], %%d;
                        ret;
                        """.formatted(rounding, a, b, c)), LaunchShape.of(1, 1), out);
        assertThat(bench.ints(out)).containsExactly(Integer.parseUnsignedInt(expected, 16));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void equalsItsDefinition(String statement, double ulps, Definition definition) {
        float[] a = LanewiseKernel.singles(1);
        float[] b = LanewiseKernel.singles(2);
        float[] c = LanewiseKernel.singles(3);
        DeviceMemory d = bench.memory(4 * LanewiseKernel.SIZE);
        String source = LanewiseKernel.source("f32", "f32", statement);
        LanewiseKernel.run(bench, source, bench.floats(a), bench.floats(b), bench.floats(c), d);
        float[] got = bench.floats(d);
        for (int i = 0; i < got.length; i++) {
            float expected = (float) definition.of(a[i], b[i], c[i]);
            String what = statement + " of " + a[i] + ", " + b[i] + ", " + c[i] + ": " + expected + ", got " + got[i];
            if (ulps == 0 || !(Math.abs(expected) <= Float.MAX_VALUE)) {
                assertThat(Float.floatToIntBits(got[i])).as(what).isEqualTo(Float.floatToIntBits(expected));
            } else {
                assertThat(Math.abs((double) got[i] - expected))
                        .as(what)
                        .isLessThanOrEqualTo(ulps * Math.ulp(expected));
            }
        }
    }
}
