package org.jelectra.gpu.sim;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jelectra.gpu.sim.ptx.PtxStatement;

/** The general conversion between two types of numbers, on their bits. */
final class NumberConversion {

    private final String from;
    private final String to;
    private final String rounding;
    private final boolean saturated;
    private final boolean flushed;
    private final int toBits;

    NumberConversion(PtxStatement s, String from, String to, String rounding, boolean saturated, boolean flushed) {
        if (!from.matches("[us](8|16|32|64)|f32|f64|bf16") || !to.matches("[us](8|16|32|64)|f32|f64|bf16")) {
            throw s.error("unknown instruction");
        }
        boolean directed = rounding.matches("rz|rm|rp");
        boolean truncated = rounding.equals("rz") && from.equals("f32");
        boolean fromLong = from.matches("[us]64");
        if (to.equals("bf16") && (saturated || fromLong || directed && !truncated)
                || to.equals("f64") && directed && fromLong) {
            throw s.error("unknown instruction");
        }
        this.from = from;
        this.to = to;
        this.rounding = rounding;
        this.saturated = saturated;
        this.flushed = flushed;
        this.toBits = Integer.parseInt(to.replaceAll("\\D", ""));
    }

    long convert(long bits) {
        boolean fromFloat = from.contains("f");
        boolean toFloat = to.contains("f");
        if (fromFloat) {
            double value = floating(bits);
            return toFloat ? bitsOf(value) : toInteger(value);
        }
        long value = integer(bits);
        return toFloat ? bitsOf(value) : saturated ? clamp(value) : cut(value);
    }

    private double floating(long bits) {
        switch (from) {
            case "f32":
                float value = Float.intBitsToFloat((int) bits);
                return flushed ? Approximations.flush(value) : value;
            case "bf16":
                return Bfloat16.toFloat((int) bits);
            default:
                return Double.longBitsToDouble(bits);
        }
    }

    private long integer(long bits) {
        return switch (from) {
            case "u8" -> bits & 0xFF;
            case "s8" -> (byte) bits;
            case "u16" -> bits & 0xFFFF;
            case "s16" -> (short) bits;
            case "u32" -> bits & 0xFFFFFFFFL;
            case "s32" -> (int) bits;
            default -> bits;
        };
    }

    private long cut(long value) {
        return switch (to) {
            case "u8" -> value & 0xFF;
            case "s8" -> (byte) value;
            case "u16" -> value & 0xFFFF;
            case "s16" -> (short) value;
            case "u32" -> value & 0xFFFFFFFFL;
            case "s32" -> (int) value;
            default -> value;
        };
    }

    /** A 64-bit integer within the limits of the target; u64 counts as its bits. */
    private long clamp(long value) {
        boolean huge = from.equals("u64") && value < 0;
        if (to.equals("u64")) {
            return huge ? value : Math.max(value, 0);
        }
        long most = to.startsWith("u") ? (1L << toBits) - 1 : Long.MAX_VALUE >>> 64 - toBits;
        long least = to.startsWith("u") ? 0 : -most - 1;
        return huge ? most : Math.max(least, Math.min(most, value));
    }

    private long toInteger(double value) {
        if (Double.isNaN(value)) {
            return toBits == 64 || from.equals("f64") ? 1L << toBits - 1 : 0;
        }
        double whole = whole(value);
        if (to.equals("u64")) {
            return whole <= 0
                    ? 0
                    : whole >= 0x1p64 ? -1 : whole >= 0x1p63 ? (long) (whole - 0x1p63) + Long.MIN_VALUE : (long) whole;
        }
        long integer = (long) whole;
        long most = to.startsWith("u") ? (1L << toBits) - 1 : Long.MAX_VALUE >>> 64 - toBits;
        long least = to.startsWith("u") ? 0 : -most - 1;
        return Math.max(least, Math.min(most, integer));
    }

    private double whole(double value) {
        return switch (rounding) {
            case "rni" -> Math.rint(value);
            case "rmi" -> Math.floor(value);
            case "rpi" -> Math.ceil(value);
            default -> value < 0 ? Math.ceil(value) : Math.floor(value);
        };
    }

    /** Bits of a float or double from a double. */
    private long bitsOf(double value) {
        double rounded = rounding.endsWith("i") ? whole(value) : value;
        if (to.equals("f64")) {
            return Double.doubleToRawLongBits(saturated ? Math.max(0, Math.min(1, rounded)) : rounded);
        }
        if (to.equals("bf16")) {
            return (rounding.equals("rz") ? Bfloat16.truncate((float) rounded) : Bfloat16.roundToOdd(rounded, 0))
                    & 0xFFFF;
        }
        Rounding directed = directed();
        float result = directed == null ? (float) rounded : directed.round(rounded, 0);
        result = flushed ? Approximations.flush(result) : result;
        return Float.floatToRawIntBits(saturated ? Approximations.saturate(result) : result);
    }

    private Rounding directed() {
        return switch (rounding) {
            case "rz" -> Rounding.ZERO;
            case "rm" -> Rounding.DOWN;
            case "rp" -> Rounding.UP;
            default -> null;
        };
    }

    /** Bits of a float or double from an integer. */
    private long bitsOf(long value) {
        boolean huge = from.equals("u64") && value < 0;
        Rounding directed = directed();
        if (!huge && directed == null) {
            return to.equals("f64")
                    ? Double.doubleToRawLongBits(value)
                    : to.equals("bf16") ? Bfloat16.roundToOdd(value, 0) & 0xFFFF : Float.floatToRawIntBits(value);
        }
        BigDecimal exact = new BigDecimal(huge ? Long.toUnsignedString(value) : Long.toString(value));
        if (to.equals("f64")) {
            return Double.doubleToRawLongBits(exact.doubleValue());
        }
        if (directed == null) {
            return Float.floatToRawIntBits(exact.floatValue());
        }
        double nearest = exact.doubleValue();
        int lost = exact.subtract(new BigDecimal(nearest).setScale(0, RoundingMode.UNNECESSARY))
                .signum();
        return Float.floatToRawIntBits(directed.round(nearest, lost * Double.MIN_VALUE));
    }
}
