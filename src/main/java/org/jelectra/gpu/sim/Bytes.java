package org.jelectra.gpu.sim;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Little-endian numbers in byte arrays. */
final class Bytes {

    static final VarHandle SHORT = view(short[].class);
    static final VarHandle CHAR = view(char[].class);
    static final VarHandle INT = view(int[].class);
    static final VarHandle LONG = view(long[].class);
    static final VarHandle FLOAT = view(float[].class);
    static final VarHandle DOUBLE = view(double[].class);

    private static final long ONES = 0x0101010101010101L;

    private Bytes() {}

    private static VarHandle view(Class<?> type) {
        return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.LITTLE_ENDIAN);
    }

    /** Whether all of {@code bytes} bytes are 1; {@code bytes} is 1, 2, 4, 8 or 16 and divides {@code from}. */
    static boolean allOne(byte[] array, int from, int bytes) {
        switch (bytes) {
            case 1:
                return array[from] == 1;
            case 2:
                return (short) SHORT.get(array, from) == 0x0101;
            case 4:
                return (int) INT.get(array, from) == 0x01010101;
            case 8:
                return (long) LONG.get(array, from) == ONES;
            default:
                return ((long) LONG.get(array, from) & (long) LONG.get(array, from + 8)) == ONES
                        && ((long) LONG.get(array, from) | (long) LONG.get(array, from + 8)) == ONES;
        }
    }

    /** Whether {@link #allOne} holds at the places of all of some lanes. */
    static boolean allOne(byte[] array, int[] places, int lanes, int bytes) {
        if (lanes == Lanes.ALL && bytes >= 4) {
            return allOne(array, places, bytes);
        }
        boolean all = true;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            all &= allOne(array, places[Lanes.first(rest)], bytes);
        }
        return all;
    }

    /** The same for all lanes and at least 4 bytes, the size looked at once rather than for each of them. */
    private static boolean allOne(byte[] array, int[] places, int bytes) {
        long different = 0;
        if (bytes == 4) {
            for (int lane = 0; lane < Lanes.COUNT; lane++) {
                different |= (int) INT.get(array, places[lane]) ^ (int) ONES;
            }
            return different == 0;
        }
        int second = bytes == 16 ? 8 : 0;
        for (int lane = 0; lane < Lanes.COUNT; lane++) {
            different |= (long) LONG.get(array, places[lane]) ^ ONES;
            different |= (long) LONG.get(array, places[lane] + second) ^ ONES;
        }
        return different == 0;
    }

    /** Whether a bit is set in any of {@code bytes} bytes; {@code bytes} is 1, 2, 4, 8 or 16 and divides {@code from}. */
    static boolean anyHas(byte[] array, int from, int bytes, byte bit) {
        long pattern = ONES * bit;
        long all = switch (bytes) {
            case 1 -> array[from];
            case 2 -> (short) SHORT.get(array, from) & 0xFFFFL;
            case 4 -> (int) INT.get(array, from) & 0xFFFFFFFFL;
            case 8 -> (long) LONG.get(array, from);
            default -> (long) LONG.get(array, from) | (long) LONG.get(array, from + 8);
        };
        return (all & pattern) != 0;
    }

    /** Sets {@code bytes} bytes to a number; {@code bytes} is 1, 2, 4, 8 or 16 and divides {@code from}. */
    static void fill(byte[] array, int from, int bytes, byte number) {
        long pattern = ONES * number;
        switch (bytes) {
            case 1:
                array[from] = number;
                break;
            case 2:
                SHORT.set(array, from, (short) pattern);
                break;
            case 4:
                INT.set(array, from, (int) pattern);
                break;
            case 8:
                LONG.set(array, from, pattern);
                break;
            default:
                LONG.set(array, from, pattern);
                LONG.set(array, from + 8, pattern);
                break;
        }
    }
}
