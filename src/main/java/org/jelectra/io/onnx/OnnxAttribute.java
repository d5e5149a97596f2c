package org.jelectra.io.onnx;

import org.jelectra.io.ProtobufMessage;

/** A constant that is part of an operation, such as the axis of a softmax. */
public final class OnnxAttribute {

    // AttributeProto.AttributeType
    private static final int FLOAT = 1;
    private static final int INT = 2;
    private static final int INTS = 7;

    private static final int TYPE = 20;

    private final ProtobufMessage message;

    private OnnxAttribute(ProtobufMessage message) {
        this.message = message;
    }

    /** A floating-point number. */
    public static OnnxAttribute of(String name, float value) {
        return new OnnxAttribute(new ProtobufMessage()
                .text(1, name)
                .fixed32(2, Float.floatToIntBits(value))
                .varint(TYPE, FLOAT));
    }

    /** An integer. */
    public static OnnxAttribute of(String name, long value) {
        return new OnnxAttribute(
                new ProtobufMessage().text(1, name).varint(3, value).varint(TYPE, INT));
    }

    /** Several integers. */
    public static OnnxAttribute of(String name, long[] values) {
        ProtobufMessage message = new ProtobufMessage().text(1, name);
        for (long value : values) {
            message.varint(8, value); // onnx.proto is proto2, where a list is not packed
        }
        return new OnnxAttribute(message.varint(TYPE, INTS));
    }

    /** {@code AttributeProto}. */
    ProtobufMessage message() {
        return message;
    }
}
