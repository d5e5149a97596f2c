package org.jelectra.gpu.sim;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation on 32-bit integers against its definition. */
class IntegerInstructionsTest {

    private static final long UNSIGNED = 0xFFFFFFFFL;

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    private interface Definition {
        long of(int a, int b, int c);
    }

    private static Arguments operation(String statement, Definition definition) {
        return arguments(statement, definition);
    }

    private static long u(int x) {
        return x & UNSIGNED;
    }

    static Stream<Arguments> operations() {
        return Stream.of(
                operation("add.s32 d, a, b;", (a, b, c) -> a + b),
                operation("sub.u32 d, a, b;", (a, b, c) -> a - b),
                operation("mul.lo.s32 d, a, b;", (a, b, c) -> a * b),
                operation("mad.lo.s32 d, a, b, c;", (a, b, c) -> a * b + c),
                operation("mul.hi.s32 d, a, b;", (a, b, c) -> (long) a * b >> 32),
                operation(
                        "mul.hi.u32 d, a, b;",
                        (a, b, c) -> big(a).multiply(big(b)).shiftRight(32).intValue()),
                operation(
                        "mad.hi.u32 d, a, b, c;",
                        (a, b, c) -> big(a).multiply(big(b)).shiftRight(32).intValue() + c),
                operation("mul24.lo.s32 d, a, b;", (a, b, c) -> (a << 8 >> 8) * (b << 8 >> 8)),
                operation("and.b32 d, a, b;", (a, b, c) -> a & b),
                operation("or.b32 d, a, b;", (a, b, c) -> a | b),
                operation("xor.b32 d, a, b;", (a, b, c) -> a ^ b),
                operation("not.b32 d, a;", (a, b, c) -> -1 - a),
                operation("cnot.b32 d, a;", (a, b, c) -> a == 0 ? 1 : 0),
                operation("neg.s32 d, a;", (a, b, c) -> -a),
                operation("abs.s32 d, a;", (a, b, c) -> a < 0 ? -a : a),
                operation("min.s32 d, a, b;", (a, b, c) -> a < b ? a : b),
                operation("max.s32 d, a, b;", (a, b, c) -> a > b ? a : b),
                operation("min.u32 d, a, b;", (a, b, c) -> u(a) < u(b) ? a : b),
                operation("max.u32 d, a, b;", (a, b, c) -> u(a) > u(b) ? a : b),
                operation("shl.b32 d, a, b;", (a, b, c) -> u(b) > 31 ? 0 : u(a) << b),
                operation("shr.u32 d, a, b;", (a, b, c) -> u(b) > 31 ? 0 : u(a) >> b),
                operation("shr.s32 d, a, b;", (a, b, c) -> (long) a >> Math.min(u(b), 31)),
                operation("or.b32 b, b, 1; div.s32 d, a, b;", (a, b, c) -> (long) a / (b | 1)),
                operation("or.b32 b, b, 1; div.u32 d, a, b;", (a, b, c) -> u(a) / u(b | 1)),
                operation("or.b32 b, b, 1; rem.s32 d, a, b;", (a, b, c) -> (long) a % (b | 1)),
                operation("or.b32 b, b, 1; rem.u32 d, a, b;", (a, b, c) -> u(a) % u(b | 1)),
                operation(
                        "popc.b32 d, a;",
                        (a, b, c) -> Long.toBinaryString(u(a)).replace("0", "").length()),
                operation(
                        "clz.b32 d, a;",
                        (a, b, c) ->
                                a == 0 ? 32 : 32 - Long.toBinaryString(u(a)).length()),
                operation("brev.b32 d, a;", (a, b, c) -> Integer.reverse(a)),
                operation(
                        "bfind.u32 d, a;",
                        (a, b, c) -> a == 0 ? -1 : Long.toBinaryString(u(a)).length() - 1),
                operation(
                        "bfind.s32 d, a;",
                        (a, b, c) -> a == 0 || a == -1
                                ? -1
                                : Long.toBinaryString(a < 0 ? u(~a) : u(a)).length() - 1),
                operation(
                        "bfind.shiftamt.u32 d, a;",
                        (a, b, c) ->
                                a == 0 ? -1 : 32 - Long.toBinaryString(u(a)).length()),
                operation("bfe.u32 d, a, 5, 9;", (a, b, c) -> u(a) / 32 % 512),
                operation("bfe.s32 d, a, 5, 9;", (a, b, c) -> (u(a) / 32 % 512 + 256) % 512 - 256),
                operation("bfe.s32 d, a, 28, 9;", (a, b, c) -> (long) a >> 28),
                operation("bfi.b32 d, a, b, 4, 7;", (a, b, c) -> u(b) / 2048 * 2048 + u(a) % 128 * 16 + u(b) % 16),
                operation(
                        "prmt.b32 d, a, b, 0x3401;",
                        (a, b, c) ->
                                u(a) / 256 % 256 + u(a) % 256 * 256 + u(b) % 256 * 65536 + u(a) / 16777216 * 16777216),
                operation("prmt.b32 d, a, b, 0x8888;", (a, b, c) -> (a & 128) != 0 ? -1 : 0),
                operation("shf.l.wrap.b32 d, a, b, 7;", (a, b, c) -> (u(b) << 32 | u(a)) << 7 >> 32),
                operation("shf.r.wrap.b32 d, a, b, c;", (a, b, c) -> (u(b) << 32 | u(a)) >> (c & 31)),
                operation("shf.l.clamp.b32 d, a, b, 40;", (a, b, c) -> a),
                operation("shf.r.clamp.b32 d, a, b, 40;", (a, b, c) -> b),
                operation("sad.s32 d, a, b, c;", (a, b, c) -> Math.abs((long) a - b) + c),
                operation("sad.u32 d, a, b, c;", (a, b, c) -> Math.abs(u(a) - u(b)) + c),
                operation("lop3.b32 d, a, b, c, 0xE8;", (a, b, c) -> a & b | a & c | b & c),
                operation("dp4a.s32.s32 d, a, b, c;", (a, b, c) -> {
                    long sum = c;
                    for (int i = 0; i < 32; i += 8) {
                        sum += (byte) (a >> i) * (byte) (b >> i);
                    }
                    return sum;
                }),
                operation("add.cc.u32 d, a, b; addc.u32 d, c, 1;", (a, b, c) -> c + 1 + (u(a) + u(b) >> 32)),
                operation(
                        "add.cc.s32 d, a, b; addc.cc.s32 d, c, -1; addc.u32 d, 0, 0;",
                        (a, b, c) -> u(c) + UNSIGNED + (u(a) + u(b) >> 32) >> 32),
                operation(
                        "sub.cc.u32 d, a, b; subc.cc.u32 d, c, a; subc.u32 d, b, 0;",
                        (a, b, c) -> b + (u(c) - u(a) + (u(a) - u(b) >> 32) >> 32)),
                operation(
                        "mad.lo.cc.u32 d, a, b, c; madc.hi.u32 d, a, b, 7;",
                        (a, b, c) -> 7
                                + big(a).multiply(big(b))
                                        .add(big(c))
                                        .shiftRight(32)
                                        .longValue()),
                operation("mad.lo.cc.s32 d, a, b, c; madc.hi.s32 d, a, b, 0;", (a, b, c) -> (long) a * b + u(c) >> 32),
                operation(
                        "setp.lt.s32 %p1, a, 0; add.cc.u32 d, a, b; @%p1 add.cc.u32 d, -1, 1; addc.u32 d, 0, 0;",
                        (a, b, c) -> a < 0 ? 1 : u(a) + u(b) >> 32),
                operation(
                        "dp2a.lo.s32.u32 d, a, b, c;",
                        (a, b, c) -> c + (short) a * (u(b) % 256) + (a >> 16) * (u(b) / 256 % 256)),
                operation(
                        "dp2a.hi.u32.s32 d, a, b, c;",
                        (a, b, c) -> c + u(a) % 65536 * (byte) (b >> 16) + u(a) / 65536 * (b >> 24)),
                operation("setp.lt.s32 %p0, a, b; selp.b32 d, a, c, %p0;", (a, b, c) -> a < b ? a : c),
                operation("setp.lt.u32 %p0, a, b; selp.b32 d, a, c, %p0;", (a, b, c) -> u(a) < u(b) ? a : c),
                operation("setp.le.s32 %p0, a, b; selp.b32 d, 1, 2, %p0;", (a, b, c) -> a <= b ? 1 : 2),
                operation("setp.gt.u32 %p0, a, b; selp.b32 d, 1, 2, %p0;", (a, b, c) -> u(a) > u(b) ? 1 : 2),
                operation("setp.ge.s32 %p0, a, b; selp.b32 d, 1, 2, %p0;", (a, b, c) -> a >= b ? 1 : 2),
                operation("setp.hs.u32 %p0, a, b; selp.b32 d, 1, 2, %p0;", (a, b, c) -> u(a) >= u(b) ? 1 : 2),
                operation("setp.eq.s32 %p0, a, b; selp.b32 d, 1, 2, %p0;", (a, b, c) -> a == b ? 1 : 2),
                operation("setp.ne.s32 %p0, a, b; selp.b32 d, 1, 2, %p0;", (a, b, c) -> a != b ? 1 : 2),
                operation(
                        "setp.lt.s32 %p1, c, 0; setp.gt.and.s32 %p0|%p2, a, b, %p1; selp.b32 d, 1, 0, %p0;"
                                + "@%p2 add.s32 d, d, 2;",
                        (a, b, c) -> (a > b && c < 0 ? 1 : 0) + (!(a > b) && c < 0 ? 2 : 0)),
                operation(
                        "setp.lt.s32 %p1, c, 0; setp.gt.or.s32 %p0, a, b, !%p1; selp.b32 d, 1, 0, %p0;",
                        (a, b, c) -> a > b || c >= 0 ? 1 : 0),
                operation(
                        "setp.lt.s32 %p0, a, 0; setp.lt.s32 %p1, b, 0; xor.pred %p2, %p0, %p1; not.pred %p3, %p2;"
                                + "selp.b32 d, 5, 6, %p3;",
                        (a, b, c) -> (a < 0) == (b < 0) ? 5 : 6),
                operation("set.lt.u32.s32 d, a, b;", (a, b, c) -> a < b ? -1 : 0),
                operation(
                        "setp.lt.s32 %p0, a, 0; mov.u32 d, 7; @%p0 mov.u32 d, b; @!%p0 add.s32 d, d, c;",
                        (a, b, c) -> a < 0 ? b : 7 + c),
                operation(
                        "mov.u32 d, 11; setp.lt.s32 %p0, a, 0; @%p0 bra L; add.s32 d, d, b; bra M; L: sub.s32 d, d, c; M:",
                        (a, b, c) -> a < 0 ? 11 - c : 11 + b));
    }

    private static BigInteger big(int x) {
        return BigInteger.valueOf(u(x));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void equalsItsDefinition(String statement, Definition definition) {
        LanewiseKernel.requireEqual(bench, statement, (a, b, c) -> (int) definition.of(a, b, c));
    }
}
