package org.jelectra.io.onnx;

/** Types of elements that {@link OnnxTensor} and {@link OnnxValue} have here. */
public enum OnnxType {
    /** 32-bit floating point. */
    FLOAT("float32", 1, Float.BYTES),
    /** 64-bit signed integers: ids, masks, shapes. */
    INT64("int64", 7, Long.BYTES);

    private final String label;
    private final int code;
    private final int bytes;

    OnnxType(String label, int code, int bytes) {
        this.label = label;
        this.code = code;
        this.bytes = bytes;
    }

    /** Number in the enumeration {@code TensorProto.DataType}. */
    public int code() {
        return code;
    }

    /** Bytes of an element. */
    public int bytes() {
        return bytes;
    }

    @Override
    public String toString() {
        return label;
    }
}
