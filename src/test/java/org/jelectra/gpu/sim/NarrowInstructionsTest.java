package org.jelectra.gpu.sim;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.jelectra.gpu.sim.LanewiseKernel.IntDefinition;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Operations on 16-bit integers and on bf16 numbers, in registers of 16 bits and in pairs. */
class NarrowInstructionsTest {

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    private static Arguments operation(String statement, IntDefinition definition) {
        return arguments(
                "{ .reg .b16 x, y, z, w; .reg .b16 t; mov.b32 {x, t}, a; mov.b32 {y, t}, b; mov.b32 {z, t}, c; "
                        + statement + " cvt.u32.u16 d, w; }",
                definition);
    }

    private static Arguments pair(String statement, IntDefinition definition) {
        return arguments(statement, definition);
    }

    private static int u(int x) {
        return x & 0xFFFF;
    }

    private static int s(int x) {
        return (short) x;
    }

    private static float f(int x) {
        return Float.intBitsToFloat(x << 16);
    }

    /** Nearest even by way of the neighbours. */
    private static int b(double exact) {
        if (Double.isNaN(exact)) {
            return 0x7FFF;
        }
        int below = Float.floatToIntBits((float) exact) >>> 16;
        int best = below;
        for (int candidate = Math.max(below - 1, 0); candidate <= u(below) + 1; candidate++) {
            double error = Math.abs(f(candidate) - exact);
            double bestError = Math.abs(f(best) - exact);
            boolean overflow = Float.isInfinite(f(candidate)) && Math.abs(exact) >= 0x1.FFp127;
            if (overflow || error < bestError || error == bestError && (candidate & 1) == 0) {
                best = candidate;
            }
        }
        return best;
    }

    private static int pairOf(IntDefinition one, int a, int b, int c) {
        return one.of(u(a), u(b), u(c)) & 0xFFFF | one.of(a >>> 16, b >>> 16, c >>> 16) << 16;
    }

    static Stream<Arguments> operations() {
        IntDefinition fma = (a, b, c) -> b((double) f(a) * f(b) + f(c));
        IntDefinition product = (a, b, c) -> b((double) f(a) * f(b));
        IntDefinition difference = (a, b, c) -> b((double) f(a) - f(b));
        return Stream.of(
                operation("add.s16 w, x, y;", (a, b, c) -> u(a + b)),
                operation("sub.s16 w, x, y;", (a, b, c) -> u(a - b)),
                operation("mul.lo.s16 w, x, y;", (a, b, c) -> u(a * b)),
                operation("mad.lo.s16 w, x, y, z;", (a, b, c) -> u(a * b + c)),
                operation("min.s16 w, x, y;", (a, b, c) -> u(Math.min(s(a), s(b)))),
                operation("max.u16 w, x, y;", (a, b, c) -> Math.max(u(a), u(b))),
                operation("neg.s16 w, x;", (a, b, c) -> u(-a)),
                operation("not.b16 w, x;", (a, b, c) -> u(~a)),
                operation("and.b16 w, x, y;", (a, b, c) -> u(a & b)),
                operation("shl.b16 w, x, 5;", (a, b, c) -> u(a << 5)),
                operation("shr.s16 w, x, 5;", (a, b, c) -> u(s(a) >> 5)),
                operation("shr.u16 w, x, 5;", (a, b, c) -> u(a) >> 5),
                operation("setp.lt.s16 %p0, x, y; selp.b16 w, x, z, %p0;", (a, b, c) -> u(s(a) < s(b) ? a : c)),
                operation("setp.gt.u16 %p0, x, y; selp.b16 w, x, z, %p0;", (a, b, c) -> u(u(a) > u(b) ? a : c)),
                operation("setp.eq.s16 %p0, x, y; selp.u16 w, 1, 0, %p0;", (a, b, c) -> u(a) == u(b) ? 1 : 0),
                operation("mov.u16 w, 3; mul.wide.s16 d, x, y; cvt.u16.u32 w, d;", (a, b, c) -> u(a * b)),
                operation("fma.rn.bf16 w, x, y, z;", fma),
                operation("mul.rn.bf16 w, x, y;", product),
                operation("neg.bf16 w, x;", (a, b, c) -> u(a ^ 0x8000)),
                operation("abs.bf16 w, x;", (a, b, c) -> a & 0x7FFF),
                operation("{ .reg .f32 g; cvt.f32.bf16 g, x; cvt.rn.bf16.f32 w, g; }", (a, b, c) -> b(f(a))),
                operation("cvt.rn.bf16.s32 w, a;", (a, b, c) -> b(a)),
                operation("{ .reg .f64 g; cvt.rn.f64.s32 g, a; cvt.rn.bf16.f64 w, g; }", (a, b, c) -> b(a)),
                operation("setp.lt.bf16 %p0, x, y; selp.b16 w, x, y, %p0;", (a, b, c) -> u(f(a) < f(b) ? a : b)),
                pair("mul.wide.u16 d, 3, 4; add.u32 d, d, a;", (a, b, c) -> 12 + a),
                pair("fma.rn.bf16x2 d, a, b, c;", (a, b, c) -> pairOf(fma, a, b, c)),
                pair("mul.bf16x2 d, a, b;", (a, b, c) -> pairOf(product, a, b, c)),
                pair("sub.rn.bf16x2 d, a, b;", (a, b, c) -> pairOf(difference, a, b, c)),
                pair(
                        "max.bf16x2 d, a, b;",
                        (a, b, c) -> pairOf(
                                (x, y, z) -> f(x) != f(x) ? b(f(y)) : f(y) != f(y) ? b(f(x)) : b(Math.max(f(x), f(y))),
                                a,
                                b,
                                c)),
                pair(
                        "{ .reg .f32 g, h; mov.b32 g, a; mov.b32 h, b; cvt.rn.bf16x2.f32 d, g, h; }",
                        (a, b, c) -> b(Float.intBitsToFloat(b)) & 0xFFFF | b(Float.intBitsToFloat(a)) << 16));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void equalsItsDefinition(String statement, IntDefinition definition) {
        LanewiseKernel.requireEqual(bench, statement, definition);
    }
}
