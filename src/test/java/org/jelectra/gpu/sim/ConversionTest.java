package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import org.jelectra.gpu.DeviceMemory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code cvt} between all types, against arithmetic of unlimited precision. */
class ConversionTest {

    private static final BigDecimal SMALLEST = new BigDecimal(Double.MIN_VALUE);

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    private long[] convert(String statement, long[] from) {
        DeviceMemory d = bench.memory(8 * from.length);
        DeviceMemory a = bench.longs(from);
        LanewiseKernel.run(bench, LanewiseKernel.source("b64", "b64", statement), a, a, a, d);
        return bench.longs(d);
    }

    private static BigInteger integer(String type, long bits) {
        int width = Integer.parseInt(type.substring(1));
        BigInteger value = BigInteger.valueOf(bits).mod(BigInteger.ONE.shiftLeft(width));
        return type.startsWith("s") && value.testBit(width - 1)
                ? value.subtract(BigInteger.ONE.shiftLeft(width))
                : value;
    }

    private static BigInteger least(String type) {
        int width = Integer.parseInt(type.substring(1));
        return type.startsWith("u")
                ? BigInteger.ZERO
                : BigInteger.ONE.shiftLeft(width - 1).negate();
    }

    private static BigInteger most(String type) {
        return least(type)
                .add(BigInteger.ONE.shiftLeft(Integer.parseInt(type.substring(1))))
                .subtract(BigInteger.ONE);
    }

    private static BigInteger clamp(String type, BigInteger value) {
        return value.max(least(type)).min(most(type));
    }

    /** Register type that holds a type, and PTX that brings 64 bits into one and out again. */
    private static String through(String from, String to, String conversion) {
        String in = register(from);
        String out = register(to);
        return "{ .reg ." + in + " x; .reg ." + out + " y; " + narrow("x", in) + conversion + " y, x; "
                + widen("y", out) + " }";
    }

    private static String register(String type) {
        return switch (type) {
            case "u8", "s8", "u16", "s16", "bf16" -> "b16";
            case "u32", "s32" -> "b32";
            case "u64", "s64" -> "b64";
            default -> type;
        };
    }

    private static String narrow(String name, String register) {
        return switch (register) {
            case "b16" -> "{ .reg .b16 p, q, r; mov.b64 {" + name + ", p, q, r}, a; } ";
            case "b32", "f32" -> "{ .reg .b32 p; mov.b64 {" + name + ", p}, a; } ";
            default -> "mov.b64 " + name + ", a; ";
        };
    }

    private static String widen(String name, String register) {
        return switch (register) {
            case "b16" -> "{ .reg .b16 p; mov.b16 p, 0; mov.b64 d, {" + name + ", p, p, p}; }";
            case "b32", "f32" -> "{ .reg .b32 p; mov.b32 p, 0; mov.b64 d, {" + name + ", p}; }";
            default -> "mov.b64 d, " + name + ";";
        };
    }

    @ParameterizedTest
    @CsvSource({
        "s8, s64",
        "u8, u32",
        "s16, s32",
        "u16, s64",
        "s32, s64",
        "u32, u64",
        "s64, s32",
        "u64, u16",
        "s32, u8",
        "u64, s8"
    })
    void integersAreCutOrExtended(String from, String to) {
        long[] values = LanewiseKernel.longIntegers(5);
        long[] got = convert(through(from, to, "cvt." + to + "." + from), values);
        String held = to.substring(0, 1) + register(to).substring(1);
        for (int i = 0; i < got.length; i++) {
            BigInteger cut = integer(to, integer(from, values[i]).longValue());
            assertThat(integer(held, got[i])).as("%d", values[i]).isEqualTo(cut);
        }
    }

    @ParameterizedTest
    @CsvSource({"s32, s8", "s32, u8", "u32, s16", "s64, s32", "u64, s32", "u64, s64", "s64, u64"})
    void saturationClamps(String from, String to) {
        long[] values = LanewiseKernel.longIntegers(6);
        long[] got = convert(through(from, to, "cvt.sat." + to + "." + from), values);
        for (int i = 0; i < got.length; i++) {
            assertThat(integer(to, got[i])).as("%d", values[i]).isEqualTo(clamp(to, integer(from, values[i])));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "s32, rni, HALF_EVEN",
        "u32, rzi, DOWN",
        "s64, rmi, FLOOR",
        "u64, rpi, CEILING",
        "s16, rzi, DOWN",
        "u8, rni, HALF_EVEN"
    })
    void floatsBecomeIntegers(String to, String name, RoundingMode mode) {
        for (String from : new String[] {"f32", "f64"}) {
            long[] values = bits(from, 7);
            long[] got = convert(through(from, to, "cvt." + name + "." + to + "." + from), values);
            for (int i = 0; i < got.length; i++) {
                double value = number(from, values[i]);
                BigInteger expected;
                if (Double.isNaN(value)) {
                    boolean zero = from.equals("f32") && !to.endsWith("64");
                    expected = zero ? BigInteger.ZERO : integer(to, 1L << Integer.parseInt(to.substring(1)) - 1);
                } else if (Double.isInfinite(value)) {
                    expected = value > 0 ? most(to) : least(to);
                } else {
                    expected = clamp(to, new BigDecimal(value).setScale(0, mode).toBigInteger());
                }
                assertThat(integer(to, got[i])).as("%s of %s", from, value).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"s32, rn", "u32, rn", "s64, rn", "u64, rn", "s64, rz", "u64, rp", "s32, rm", "s16, rn", "u8, rn"})
    void integersBecomeFloats(String from, String mode) {
        long[] values = LanewiseKernel.longIntegers(8);
        long[] got = convert(through(from, "f32", "cvt." + mode + ".f32." + from), values);
        for (int i = 0; i < got.length; i++) {
            BigDecimal exact = new BigDecimal(integer(from, values[i]));
            assertThat((int) got[i]).as("%s", exact).isEqualTo(Float.floatToIntBits(rounded(exact, mode)));
        }
        if (mode.equals("rn")) {
            got = convert(through(from, "f64", "cvt.rn.f64." + from), values);
            for (int i = 0; i < got.length; i++) {
                BigDecimal exact = new BigDecimal(integer(from, values[i]));
                assertThat(got[i]).as("%s", exact).isEqualTo(Double.doubleToLongBits(exact.doubleValue()));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"rn", "rz", "rm", "rp"})
    void doublesBecomeFloats(String mode) {
        long[] values = bits("f64", 9);
        long[] got = convert(through("f64", "f32", "cvt." + mode + ".f32.f64"), values);
        for (int i = 0; i < got.length; i++) {
            double value = number("f64", values[i]);
            float expected = (float) value;
            if (value != 0 && Math.abs(value) < Float.MAX_VALUE) {
                expected = rounded(new BigDecimal(value), mode);
            }
            if (Math.abs(value) < 1e300) {
                assertThat((int) got[i]).as("%s", value).isEqualTo(Float.floatToIntBits(expected));
            }
        }
        long[] wide = convert(through("f32", "f64", "cvt.f64.f32"), bits("f32", 10));
        assertThat(wide)
                .containsExactly(Arrays.stream(bits("f32", 10))
                        .map(b -> Double.doubleToLongBits(number("f32", b)))
                        .toArray());
    }

    /** The float next to a number, by trying its neighbours. */
    private static float rounded(BigDecimal exact, String mode) {
        float nearest = exact.floatValue();
        int side = new BigDecimal(nearest).compareTo(exact);
        boolean up = mode.equals("rp") || mode.equals("rz") && exact.signum() < 0;
        if (mode.equals("rn") || side == 0) {
            return nearest;
        }
        return up ? side < 0 ? Math.nextUp(nearest) : nearest : side > 0 ? Math.nextDown(nearest) : nearest;
    }

    @Test
    void wholeNumbersStayFloats() {
        long[] values = bits("f32", 11);
        String[] modes = {"rni", "rzi", "rmi", "rpi"};
        for (String mode : modes) {
            long[] got = convert(through("f32", "f32", "cvt." + mode + ".f32.f32"), values);
            for (int i = 0; i < got.length; i++) {
                float x = Float.intBitsToFloat((int) values[i]);
                double expected = mode.equals("rni")
                        ? Math.rint(x)
                        : mode.equals("rmi")
                                ? Math.floor(x)
                                : mode.equals("rpi") ? Math.ceil(x) : x < 0 ? Math.ceil(x) : Math.floor(x);
                assertThat((int) got[i]).as("%s of %s", mode, x).isEqualTo(Float.floatToIntBits((float) expected));
            }
        }
    }

    @Test
    void saturatedAndFlushedFloats() {
        long[] values = bits("f32", 12);
        long[] saturated = convert(through("f32", "f32", "cvt.sat.f32.f32"), values);
        long[] flushed = convert(through("f32", "f32", "cvt.ftz.f32.f32"), values);
        for (int i = 0; i < values.length; i++) {
            float x = Float.intBitsToFloat((int) values[i]);
            float clamped = x >= 1 ? 1 : x > 0 ? x : 0;
            assertThat((int) saturated[i]).as("%s", x).isEqualTo(Float.floatToIntBits(clamped));
            float flat = Math.abs(x) < Float.MIN_NORMAL ? Math.copySign(0f, x) : x;
            assertThat((int) flushed[i]).as("%s", x).isEqualTo(Float.floatToIntBits(flat));
        }
    }

    private static long[] bits(String type, long seed) {
        if (type.equals("f64")) {
            return Arrays.stream(LanewiseKernel.doubles(seed))
                    .mapToLong(Double::doubleToLongBits)
                    .toArray();
        }
        float[] values = LanewiseKernel.singles(seed);
        long[] bits = new long[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToIntBits(values[i]) & 0xFFFFFFFFL;
        }
        return bits;
    }

    private static double number(String type, long bits) {
        return type.equals("f64") ? Double.longBitsToDouble(bits) : Float.intBitsToFloat((int) bits);
    }

    @Test
    void theSmallestNumberIsNotLost() {
        long[] got =
                convert(through("f64", "f32", "cvt.rp.f32.f64"), filled(Double.doubleToLongBits(Double.MIN_VALUE)));
        assertThat((int) got[0])
                .isEqualTo(Float.floatToIntBits(rounded(SMALLEST, "rp")))
                .isEqualTo(1);
    }

    private static long[] filled(long value) {
        long[] values = new long[LanewiseKernel.SIZE];
        Arrays.fill(values, value);
        return values;
    }
}
