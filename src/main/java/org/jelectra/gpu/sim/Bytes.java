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
        boolean all = true;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            all &= allOne(array, places[Lanes.first(rest)], bytes);
        }
        return all;
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
