package org.jelectra.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The element types of tensors in files, named as in the safetensors format, with their size and conversion. */
public enum TensorType {

    /** 64-bit floating point. */
    F64(8),
    /** 32-bit floating point. */
    F32(4),
    /** IEEE binary16. */
    F16(2),
    /** The upper half of a 32-bit floating-point number. */
    BF16(2),
    /** 64-bit integers. */
    I64(8),
    /** 32-bit integers. */
    I32(4),
    /** 16-bit integers. */
    I16(2),
    /** 8-bit integers. */
    I8(1),
    /** Unsigned bytes. */
    U8(1),
    /** One byte a truth value. */
    BOOL(1);

    private final int bytes;

    TensorType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of an element. */
    public int bytes() {
        return bytes;
    }

    static TensorType named(String name, String where) throws IOException {
        for (TensorType type : values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        throw new IOException(where + ": unknown dtype \"" + name + "\", expected one of " + Arrays.toString(values()));
    }

    /** Whether the values are floating-point numbers. */
    public boolean isFloating() {
        return this == F64 || this == F32 || this == F16 || this == BF16;
    }

    boolean isWideInteger() {
        return this == I64 || this == I32;
    }

    /** Reads {@code count} values of a floating type from a little-endian buffer into {@code target}, from index {@code from} on. */
    public void readFloats(ByteBuffer buffer, float[] target, int from, int count) {
        if (this == F32) {
            buffer.asFloatBuffer().get(target, from, count);
            buffer.position(buffer.position() + 4 * count);
            return;
        }
        for (int i = from; i < from + count; i++) {
            target[i] = readFloat(buffer);
        }
    }

    /** Reads one value of a floating type from a little-endian buffer. */
    float readFloat(ByteBuffer buffer) {
        return switch (this) {
            case F64 -> (float) buffer.getDouble();
            case F32 -> buffer.getFloat();
            case BF16 -> Float.intBitsToFloat(buffer.getShort() << 16);
            case F16 -> halfToFloat(buffer.getShort());
            default -> throw new IllegalStateException(this + " is not a floating type");
        };
    }

    /** Reads one value of {@link #I64} or {@link #I32} from a little-endian buffer. */
    long readLong(ByteBuffer buffer) {
        return switch (this) {
            case I64 -> buffer.getLong();
            case I32 -> buffer.getInt();
            default -> throw new IllegalStateException(this + " is not read as integers");
        };
    }

    // IEEE 754 binary16; Float.float16ToFloat exists only from JDK 20 on.
    static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >>> 10 & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wideExponent = exponent == 0x1f ? 0xff : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | wideExponent << 23 | fraction << 13);
    }
}
