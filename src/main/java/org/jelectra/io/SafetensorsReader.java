package org.jelectra.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Reads a safetensors file: 8 bytes of header length (little endian), a JSON header, then the values of all tensors, row-major
 * and little-endian, without holes. The whole header is checked on opening; values are read on demand.
 *
 * <p>Source: the format description of the safetensors project. Not safe for use by several threads.
 */
public final class SafetensorsReader implements TensorFile {

    /** The format's own limit on the header, against files that claim to be anything. */
    static final long MAX_HEADER_BYTES = 100_000_000;

    private static final int CHUNK_BYTES = 1 << 20;

    private final String source;
    private final FileChannel channel;
    private final long dataStart;
    private final SafetensorsHeader header;

    private SafetensorsReader(String source, FileChannel channel) throws IOException {
        this.source = source;
        this.channel = channel;
        long fileBytes = channel.size();
        if (fileBytes < 8) {
            throw new IOException(source + ": not a safetensors file: expected at least 8 bytes, found " + fileBytes);
        }
        long headerBytes =
                read(ByteBuffer.allocate(8), 0).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (headerBytes < 0 || headerBytes > MAX_HEADER_BYTES) {
            throw new IOException(source + ": not a safetensors file: header length "
                    + Long.toUnsignedString(headerBytes) + " exceeds the limit of " + MAX_HEADER_BYTES);
        }
        if (headerBytes > fileBytes - 8) {
            throw new IOException(source + ": truncated: the header takes " + headerBytes + " bytes, but only "
                    + (fileBytes - 8) + " follow its length");
        }
        this.dataStart = 8 + headerBytes;
        this.header = SafetensorsHeader.parse(headerText((int) headerBytes), fileBytes - dataStart, source);
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws IOException if the file cannot be read or its header is malformed; the message says where and how
     */
    public static SafetensorsReader open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new SafetensorsReader(file.toString(), channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public List<String> names() {
        return List.copyOf(header.tensors().keySet());
    }

    @Override
    public boolean contains(String name) {
        return header.tensors().containsKey(name);
    }

    @Override
    public long[] shape(String name) {
        return tensor(name).shape().clone();
    }

    @Override
    public String dtype(String name) {
        return tensor(name).type().name();
    }

    /** The free-form metadata, empty if the file has none. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    @Override
    public float[] floats(String name) throws IOException {
        SafetensorsHeader.Tensor tensor = tensor(name);
        require(tensor.type().isFloating(), tensor, "F32, F64, F16 or BF16");
        float[] values = new float[count(tensor)];
        forEachChunk(tensor, (buffer, from, to) -> tensor.type().readFloats(buffer, values, from, to - from));
        return values;
    }

    /**
     * All values of a tensor of type I64 or I32, row-major.
     *
     * @throws IOException if the tensor has another type, has 2^31 elements or more, or cannot be read
     */
    public long[] longs(String name) throws IOException {
        SafetensorsHeader.Tensor tensor = tensor(name);
        require(tensor.type().isWideInteger(), tensor, "I64 or I32");
        long[] values = new long[count(tensor)];
        forEachChunk(tensor, (buffer, from, to) -> {
            for (int i = from; i < to; i++) {
                values[i] = tensor.type().readLong(buffer);
            }
        });
        return values;
    }

    @Override
    public long sharedBytes() {
        return 0;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private interface ChunkConsumer {
        void accept(ByteBuffer buffer, int from, int to);
    }

    private void forEachChunk(SafetensorsHeader.Tensor tensor, ChunkConsumer consumer) throws IOException {
        int width = tensor.type().bytes();
        int total = (int) ((tensor.end() - tensor.begin()) / width);
        int perChunk = CHUNK_BYTES / width;
        // not kept: the files of a large model are open at the same time
        ByteBuffer chunk =
                ByteBuffer.allocate(Math.min(total, perChunk) * width).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0, to; from < total; from = to) {
            // from + perChunk may exceed an int
            to = from + Math.min(perChunk, total - from);
            chunk.clear().limit((to - from) * width);
            consumer.accept(read(chunk, dataStart + tensor.begin() + (long) from * width), from, to);
        }
    }

    private String headerText(int length) throws IOException {
        ByteBuffer bytes = read(ByteBuffer.allocate(length), 8);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new IOException(source + ": header is not valid JSON: it is not UTF-8", e);
        }
    }

    /** Fills a buffer from its position to its limit, and returns it for reading. */
    private ByteBuffer read(ByteBuffer target, long position) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int got = channel.read(target, at);
            if (got < 0) {
                throw new IOException(source + ": truncated at byte " + at + " while reading");
            }
            at += got;
        }
        return target.flip();
    }

    private SafetensorsHeader.Tensor tensor(String name) {
        SafetensorsHeader.Tensor tensor = header.tensors().get(name);
        if (tensor == null) {
            throw new NoSuchElementException(source + ": no tensor \"" + name + "\" among the "
                    + header.tensors().size() + " of this file");
        }
        return tensor;
    }

    private void require(boolean condition, SafetensorsHeader.Tensor tensor, String expected) throws IOException {
        if (!condition) {
            throw new IOException(source + ": tensor \"" + tensor.name() + "\" has dtype " + tensor.type()
                    + ", expected " + expected);
        }
    }

    private int count(SafetensorsHeader.Tensor tensor) throws IOException {
        long count = (tensor.end() - tensor.begin()) / tensor.type().bytes();
        if (count > Integer.MAX_VALUE - 8) {
            throw new IOException(source + ": tensor \"" + tensor.name() + "\" has " + count
                    + " elements, more than one array can hold");
        }
        return (int) count;
    }
}
