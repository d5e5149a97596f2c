package org.jelectra.io.onnx;

import java.util.List;
import java.util.stream.Collectors;
import org.jelectra.io.ProtobufMessage;

/**
 * An input or output of a graph.
 *
 * @param name by which callers give or ask for it
 * @param type of its elements
 * @param sizes outermost first
 */
public record OnnxValue(String name, OnnxType type, List<Size> sizes) {

    /**
     * A size that is fixed, or known only when the graph runs.
     *
     * @param name of the size where it is free; equal names are equal sizes; null where it is fixed
     * @param fixed its number where it is fixed
     */
    public record Size(String name, long fixed) {

        /** A size that each call may choose. */
        public static Size free(String name) {
            return new Size(name, 0);
        }

        /** A size that is always the same. */
        public static Size fixed(long size) {
            return new Size(null, size);
        }

        @Override
        public String toString() {
            return name == null ? Long.toString(fixed) : name;
        }
    }

    /** A value with the given sizes. */
    public static OnnxValue of(String name, OnnxType type, Size... sizes) {
        return new OnnxValue(name, type, List.of(sizes));
    }

    /** {@code ValueInfoProto}. */
    ProtobufMessage message() {
        ProtobufMessage shape = new ProtobufMessage();
        for (Size size : sizes) {
            ProtobufMessage dimension = new ProtobufMessage();
            if (size.name() == null) {
                dimension.varint(1, size.fixed()); // dim_value
            } else {
                dimension.text(2, size.name()); // dim_param
            }
            shape.message(1, dimension);
        }
        ProtobufMessage tensor = new ProtobufMessage().varint(1, type.code()).message(2, shape); // elem_type, shape
        return new ProtobufMessage()
                .text(1, name)
                .message(2, new ProtobufMessage().message(1, tensor)); // type: tensor_type
    }

    /** For people: {@code logits float32 [batch_size, 3]}. */
    @Override
    public String toString() {
        return name + " " + type + sizes.stream().map(Size::toString).collect(Collectors.joining(", ", " [", "]"));
    }
}
