package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigInteger;
import java.util.stream.Stream;
import org.jelectra.gpu.DeviceMemory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation on 64-bit integers, and those that mix widths, against its definition. */
class LongInstructionsTest {

    private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(64);

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    private interface Definition {
        long of(long a, long b, long c);
    }

    private static Arguments operation(String statement, Definition definition) {
        return arguments(statement, definition);
    }

    private static BigInteger s(long x) {
        return BigInteger.valueOf(x);
    }

    private static BigInteger u(long x) {
        return x < 0 ? s(x).add(TWO_64) : s(x);
    }

    static Stream<Arguments> operations() {
        String low = "cvt.u32.u64 %i1, a; cvt.u32.u64 %i2, b; cvt.u32.u64 %i3, c; ";
        return Stream.of(
                operation("add.s64 d, a, b;", (a, b, c) -> a + b),
                operation("sub.s64 d, a, b;", (a, b, c) -> a - b),
                operation("mul.lo.s64 d, a, b;", (a, b, c) -> a * b),
                operation("mad.lo.s64 d, a, b, c;", (a, b, c) -> a * b + c),
                operation(
                        "mul.hi.s64 d, a, b;",
                        (a, b, c) -> s(a).multiply(s(b)).shiftRight(64).longValue()),
                operation(
                        "mul.hi.u64 d, a, b;",
                        (a, b, c) -> u(a).multiply(u(b)).shiftRight(64).longValue()),
                operation("and.b64 d, a, b;", (a, b, c) -> a & b),
                operation("or.b64 d, a, b;", (a, b, c) -> a | b),
                operation("xor.b64 d, a, b;", (a, b, c) -> a ^ b),
                operation("not.b64 d, a;", (a, b, c) -> -1 - a),
                operation("neg.s64 d, a;", (a, b, c) -> -a),
                operation("abs.s64 d, a;", (a, b, c) -> a < 0 ? -a : a),
                operation("min.s64 d, a, b;", (a, b, c) -> s(a).min(s(b)).longValue()),
                operation("max.s64 d, a, b;", (a, b, c) -> s(a).max(s(b)).longValue()),
                operation("min.u64 d, a, b;", (a, b, c) -> u(a).min(u(b)).longValue()),
                operation("max.u64 d, a, b;", (a, b, c) -> u(a).max(u(b)).longValue()),
                operation(low + "shl.b64 d, a, %i2;", (a, b, c) -> wide((int) b) > 63 ? 0 : a << b),
                operation(low + "shr.u64 d, a, %i2;", (a, b, c) -> wide((int) b) > 63 ? 0 : a >>> b),
                operation(low + "shr.s64 d, a, %i2;", (a, b, c) -> a >> Math.min(wide((int) b), 63)),
                operation("or.b64 b, b, 1; div.s64 d, a, b;", (a, b, c) -> a / (b | 1)),
                operation(
                        "or.b64 b, b, 1; div.u64 d, a, b;",
                        (a, b, c) -> u(a).divide(u(b | 1)).longValue()),
                operation("or.b64 b, b, 1; rem.s64 d, a, b;", (a, b, c) -> a % (b | 1)),
                operation(
                        "or.b64 b, b, 1; rem.u64 d, a, b;",
                        (a, b, c) -> u(a).mod(u(b | 1)).longValue()),
                operation("popc.b64 %i1, a; cvt.u64.u32 d, %i1;", (a, b, c) -> u(a).bitCount()),
                operation("clz.b64 %i1, a; cvt.u64.u32 d, %i1;", (a, b, c) -> 64 - u(a).bitLength()),
                operation("brev.b64 d, a;", (a, b, c) -> Long.reverse(a)),
                operation(
                        "bfe.u64 d, a, 9, 20;", (a, b, c) -> u(a).shiftRight(9).longValue() & 0xFFFFF),
                operation("bfi.b64 d, a, b, 32, 32;", (a, b, c) -> a << 32 | b & 0xFFFFFFFFL),
                operation(low + "mul.wide.s32 d, %i1, %i2;", (a, b, c) -> (long) (int) a * (int) b),
                operation(low + "mul.wide.u32 d, %i1, %i2;", (a, b, c) -> wide((int) a) * wide((int) b)),
                operation(low + "mad.wide.s32 d, %i1, %i2, c;", (a, b, c) -> (long) (int) a * (int) b + c),
                operation(low + "mad.wide.u32 d, %i1, %i2, c;", (a, b, c) -> wide((int) a) * wide((int) b) + c),
                operation(low + "mov.b64 d, {%i1, %i2};", (a, b, c) -> b << 32 | wide((int) a)),
                operation(
                        "{ .reg .b32 %i1, y; mov.b64 {%i1, y}, a; mov.b64 d, {y, %i1}; }",
                        (a, b, c) -> Long.rotateLeft(a, 32)),
                operation(
                        "{ .reg .b16 w, x, y, z; mov.b64 {w, x, y, z}, a; mov.b64 d, {z, y, x, w}; }",
                        (a, b, c) -> a << 48 | (a & 0xFFFF0000L) << 16 | a >>> 16 & 0xFFFF0000L | a >>> 48),
                operation("add.cc.s64 d, a, b; addc.s64 d, c, -1;", (a, b, c) -> c - 1 + carry(u(a).add(u(b)))),
                operation(
                        "add.cc.u64 d, a, b; addc.cc.u64 d, b, c; addc.u64 d, 0, 0;",
                        (a, b, c) -> carry(u(b).add(u(c)).add(s(carry(u(a).add(u(b))))))),
                operation("sub.cc.s64 d, a, b; subc.s64 d, c, 5;", (a, b, c) -> c - 5 + carry(u(a).subtract(u(b)))),
                operation(
                        "sub.cc.u64 d, a, b; subc.cc.u64 d, b, c; subc.u64 d, 0, 0;",
                        (a, b, c) -> carry(u(b).subtract(u(c)).add(s(carry(u(a).subtract(u(b))))))),
                operation(
                        "mad.lo.cc.u64 d, a, b, c; madc.hi.u64 d, a, b, 0;",
                        (a, b, c) -> carry(u(a).multiply(u(b)).add(u(c)))),
                operation(
                        "mad.lo.cc.s64 d, a, b, c; madc.hi.s64 d, a, b, 0;",
                        (a, b, c) -> carry(s(a).multiply(s(b)).add(u(c)))),
                operation(
                        "mad.hi.cc.u64 d, a, b, c; addc.u64 d, 0, 0;",
                        (a, b, c) -> carry(u(a).multiply(u(b)).shiftRight(64).add(u(c)))),
                operation("setp.lt.s64 %p0, a, b; selp.b64 d, a, c, %p0;", (a, b, c) -> a < b ? a : c),
                operation(
                        "setp.gt.u64 %p0, a, b; selp.b64 d, a, c, %p0;", (a, b, c) -> u(a).compareTo(u(b)) > 0 ? a : c),
                operation("setp.eq.s64 %p0, a, b; selp.b64 d, 1, 2, %p0;", (a, b, c) -> a == b ? 1 : 2),
                operation(
                        "mov.u64 d, c; setp.ge.s64 %p0, a, 0; @%p0 add.s64 d, a, b;", (a, b, c) -> a >= 0 ? a + b : c));
    }

    /** What goes beyond the lower 64 bits. */
    private static long carry(BigInteger x) {
        return x.shiftRight(64).longValue();
    }

    private static long wide(int x) {
        return x & 0xFFFFFFFFL;
    }

    @ParameterizedTest
    @MethodSource("operations")
    void equalsItsDefinition(String statement, Definition definition) {
        long[] a = LanewiseKernel.longIntegers(1);
        long[] b = LanewiseKernel.longIntegers(2);
        long[] c = LanewiseKernel.longIntegers(3);
        DeviceMemory d = bench.memory(8 * LanewiseKernel.SIZE);
        String source = LanewiseKernel.source("b64", "b64", statement);
        LanewiseKernel.run(bench, source, bench.longs(a), bench.longs(b), bench.longs(c), d);
        long[] got = bench.longs(d);
        for (int i = 0; i < got.length; i++) {
            assertThat(got[i])
                    .as("%s of %d, %d, %d", statement, a[i], b[i], c[i])
                    .isEqualTo(definition.of(a[i], b[i], c[i]));
        }
    }
}
