package org.jelectra.io.onnx;

import java.util.List;
import org.jelectra.io.ProtobufMessage;

/**
 * An operation of a graph, with one output.
 *
 * @param operator its name in the operator set, such as {@code MatMul}
 * @param name what a runtime calls it in messages
 * @param inputs names of values, in the operator's order
 * @param output name of its result
 * @param attributes its constants
 */
public record OnnxNode(
        String operator, String name, List<String> inputs, String output, List<OnnxAttribute> attributes) {

    /** {@code NodeProto}. */
    ProtobufMessage message() {
        ProtobufMessage message = new ProtobufMessage();
        inputs.forEach(input -> message.text(1, input));
        message.text(2, output).text(3, name).text(4, operator);
        attributes.forEach(attribute -> message.message(5, attribute.message()));
        return message;
    }
}
