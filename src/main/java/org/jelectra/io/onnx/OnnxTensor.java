package org.jelectra.io.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import org.jelectra.io.ProtobufMessage;

/**
 * A constant tensor of a graph: a weight, a shape, a number. Values are asked for when they are written and not kept, so that a
 * model needs the memory of its largest tensor only.
 */
public final class OnnxTensor {

    private static final int CHUNK_BYTES = 1 << 20;

    /** Gives the values of a tensor, row-major. */
    @FunctionalInterface
    public interface Floats {
        /** As many values as the tensor has elements. */
        float[] read() throws IOException;
    }

    private interface Values {
        void put(ByteBuffer chunk, int from, int to);
    }

    private interface Source {
        Values open(OnnxTensor tensor) throws IOException;
    }

    private final String name;
    private final OnnxType type;
    private final long[] sizes;
    private final long count;
    private final Source source;

    private OnnxTensor(String name, OnnxType type, long[] sizes, Source source) {
        this.name = name;
        this.type = type;
        this.sizes = sizes.clone();
        this.source = source;
        long product = 1;
        for (long size : sizes) {
            if (size < 0) {
                throw new IllegalArgumentException(name + ": negative size in " + Arrays.toString(sizes));
            }
            product = Math.multiplyExact(product, size);
        }
        count = product;
    }

    /** A float32 tensor; no sizes: a scalar. */
    public static OnnxTensor floats(String name, Floats values, long... sizes) {
        return new OnnxTensor(name, OnnxType.FLOAT, sizes, tensor -> {
            float[] array = values.read();
            if (array.length != tensor.count) {
                throw new IOException(name + ": expected " + tensor.count + " values, got " + array.length);
            }
            return (chunk, from, to) -> chunk.asFloatBuffer().put(array, from, to - from);
        });
    }

    /** An int64 tensor of given values; no sizes: a scalar. */
    public static OnnxTensor longs(String name, long[] values, long... sizes) {
        OnnxTensor made = new OnnxTensor(
                name,
                OnnxType.INT64,
                sizes,
                tensor -> (chunk, from, to) -> chunk.asLongBuffer().put(values, from, to - from));
        if (made.count != values.length) {
            throw new IllegalArgumentException(name + ": expected " + made.count + " values, got " + values.length);
        }
        return made;
    }

    /** By which nodes refer to it. */
    public String name() {
        return name;
    }

    /** Bytes of its values. */
    long dataBytes() {
        return Math.multiplyExact(count, (long) type.bytes());
    }

    /** {@code TensorProto} up to the values, which follow as {@code raw_data}. */
    ProtobufMessage head() {
        ProtobufMessage message = new ProtobufMessage();
        for (long size : sizes) {
            message.varint(1, size);
        }
        return message.varint(2, type.code()).text(8, name).begin(9, dataBytes());
    }

    /** Writes the values, little-endian. */
    void writeData(WritableByteChannel channel) throws IOException {
        Values values = source.open(this);
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int step = CHUNK_BYTES / type.bytes();
        for (long from = 0; from < count; from += step) {
            int to = (int) Math.min(count, from + step);
            chunk.clear().limit((int) (to - from) * type.bytes());
            values.put(chunk, (int) from, to);
            while (chunk.hasRemaining()) {
                channel.write(chunk);
            }
        }
    }
}
