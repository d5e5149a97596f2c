package org.jelectra.io.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Locale;
import org.jelectra.io.AtomicFile;
import org.jelectra.io.ProtobufMessage;

/** Writes an {@link OnnxModel} as one file, atomically, with the values of one tensor at a time in memory. */
public final class OnnxWriter {

    /** The longest message that implementations of Protocol Buffers read. */
    public static final long MAX_BYTES = Integer.MAX_VALUE;

    /** Version of the format that belongs to the operator sets 15 to 18. */
    static final int IR_VERSION = 8;

    // numbers of fields
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_TENSOR = 5;

    private OnnxWriter() {}

    /**
     * Writes a model.
     *
     * @return bytes of the file
     * @throws IOException if the file would exceed {@link #MAX_BYTES}, or cannot be written; an existing one is then unchanged
     */
    public static long write(Path file, OnnxModel model) throws IOException {
        ProtobufMessage head = head(model);
        ProtobufMessage graph = graph(model);
        ProtobufMessage inputsAndOutputs = inputsAndOutputs(model);
        long graphBytes = graph.size() + inputsAndOutputs.size();
        for (OnnxTensor tensor : model.tensors()) {
            graphBytes += prefix(tensor).size() + tensor.dataBytes();
        }
        head.begin(MODEL_GRAPH, graphBytes);
        long bytes = head.size() + graphBytes;
        if (bytes > MAX_BYTES) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "%s: the model takes %,d bytes, but a file of ONNX holds at most %,d",
                    file,
                    bytes,
                    MAX_BYTES));
        }
        AtomicFile.write(file, channel -> {
            write(head, channel);
            write(graph, channel);
            for (OnnxTensor tensor : model.tensors()) {
                write(prefix(tensor), channel);
                tensor.writeData(channel);
            }
            write(inputsAndOutputs, channel);
        });
        return bytes;
    }

    /** {@code ModelProto} up to the graph; the order of fields is free, and so the largest one comes last. */
    private static ProtobufMessage head(OnnxModel model) {
        ProtobufMessage message = new ProtobufMessage()
                .varint(1, IR_VERSION)
                .text(2, model.producer().name())
                .text(3, model.producer().version())
                .message(8, new ProtobufMessage().text(1, "").varint(2, model.opset())); // domain ai.onnx
        model.metadata()
                .forEach((key, value) ->
                        message.message(14, new ProtobufMessage().text(1, key).text(2, value)));
        return message;
    }

    private static ProtobufMessage graph(OnnxModel model) {
        ProtobufMessage message = new ProtobufMessage();
        model.nodes().forEach(node -> message.message(1, node.message()));
        return message.text(2, model.name());
    }

    private static ProtobufMessage inputsAndOutputs(OnnxModel model) {
        ProtobufMessage message = new ProtobufMessage();
        model.inputs().forEach(input -> message.message(11, input.message()));
        model.outputs().forEach(output -> message.message(12, output.message()));
        return message;
    }

    /** What stands before a tensor's values. */
    private static Prefix prefix(OnnxTensor tensor) {
        ProtobufMessage head = tensor.head();
        ProtobufMessage field = new ProtobufMessage().begin(GRAPH_TENSOR, head.size() + tensor.dataBytes());
        return new Prefix(field, head);
    }

    private record Prefix(ProtobufMessage field, ProtobufMessage head) {
        int size() {
            return field.size() + head.size();
        }
    }

    private static void write(Prefix prefix, FileChannel channel) throws IOException {
        write(prefix.field(), channel);
        write(prefix.head(), channel);
    }

    private static void write(ProtobufMessage message, FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(message.toByteArray());
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
