package org.jelectra.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The element types of the safetensors format that this reader knows, with their size and conversion. */
enum TensorType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private final int bytes;

    TensorType(int bytes) {
        this.bytes = bytes;
    }

    int bytes() {
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

    boolean isFloating() {
        return this == F64 || this == F32 || this == F16 || this == BF16;
    }

    boolean isWideInteger() {
        return this == I64 || this == I32;
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
