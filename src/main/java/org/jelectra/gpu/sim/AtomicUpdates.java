package org.jelectra.gpu.sim;

import org.jelectra.gpu.sim.ptx.PtxStatement;

/** What atomic operations do to memory. */
final class AtomicUpdates {

    private AtomicUpdates() {}

    static Atomic.Update of(PtxStatement s, String operation, String type) {
        switch (operation) {
            case "exch":
                return (old, x, y) -> x;
            case "cas":
                return (old, x, y) -> old == x ? y : old;
            case "and":
                return (old, x, y) -> old & x;
            case "or":
                return (old, x, y) -> old | x;
            case "xor":
                return (old, x, y) -> old ^ x;
            case "inc":
                return (old, x, y) -> Integer.compareUnsigned((int) old, (int) x) >= 0 ? 0 : old + 1;
            case "dec":
                return (old, x, y) -> old == 0 || Integer.compareUnsigned((int) old, (int) x) > 0 ? x : old - 1;
            case "add":
                return add(type);
            case "min":
                return type.startsWith("u")
                        ? (old, x, y) -> Long.compareUnsigned(old, x) < 0 ? old : x
                        : (old, x, y) -> Math.min(old, x);
            case "max":
                return type.startsWith("u")
                        ? (old, x, y) -> Long.compareUnsigned(old, x) > 0 ? old : x
                        : (old, x, y) -> Math.max(old, x);
            default:
                throw s.error("unknown atomic operation " + operation);
        }
    }

    private static Atomic.Update add(String type) {
        switch (type) {
            case "f32":
                return (old, x, y) ->
                        Float.floatToRawIntBits(Float.intBitsToFloat((int) old) + Float.intBitsToFloat((int) x));
            case "f64":
                return (old, x, y) ->
                        Double.doubleToRawLongBits(Double.longBitsToDouble(old) + Double.longBitsToDouble(x));
            default:
                return (old, x, y) -> old + x;
        }
    }
}
