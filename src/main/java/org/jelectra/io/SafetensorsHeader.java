package org.jelectra.io;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parsed and checked JSON header of a safetensors file. Read token by token rather than into a tree, because a tree
 * keeps only the last of two equal names.
 */
final class SafetensorsHeader {

    private static final String METADATA = "__metadata__";

    /** One tensor; {@code begin} and {@code end} are byte offsets in the data section. */
    record Tensor(String name, TensorType type, long[] shape, long begin, long end) {}

    private final String source;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private SafetensorsHeader(String source) {
        this.source = source;
    }

    /**
     * Parses a header.
     *
     * @param dataBytes size of the data section, which the tensors must fill without holes
     * @throws IOException naming the source and the tensor at fault
     */
    static SafetensorsHeader parse(String json, long dataBytes, String source) throws IOException {
        SafetensorsHeader header = new SafetensorsHeader(source);
        JsonReader reader = new JsonReader(new StringReader(json));
        reader.setStrictness(Strictness.STRICT);
        try {
            header.readAll(reader);
        } catch (MalformedJsonException | EOFException | IllegalStateException e) {
            throw new IOException(source + ": header is not valid JSON: " + firstLine(e.getMessage()), e);
        }
        header.checkLayout(dataBytes);
        return header;
    }

    Map<String, Tensor> tensors() {
        return tensors;
    }

    Map<String, String> metadata() {
        return metadata;
    }

    private void readAll(JsonReader reader) throws IOException {
        reader.beginObject();
        while (reader.hasNext()) {
            String name = reader.nextName();
            if (name.equals(METADATA)) {
                readMetadata(reader);
            } else if (tensors.put(name, readTensor(reader, name)) != null) {
                throw new IOException(source + ": tensor \"" + name + "\" appears twice in the header");
            }
        }
        reader.endObject();
        if (reader.peek() != JsonToken.END_DOCUMENT) {
            throw new IOException(source + ": header goes on after its JSON object");
        }
    }

    private void readMetadata(JsonReader reader) throws IOException {
        reader.beginObject();
        while (reader.hasNext()) {
            String key = reader.nextName();
            if (reader.peek() != JsonToken.STRING) {
                throw new IOException(
                        source + ": " + METADATA + " \"" + key + "\": expected a string, found " + reader.peek());
            }
            metadata.put(key, reader.nextString());
        }
        reader.endObject();
    }

    private Tensor readTensor(JsonReader reader, String name) throws IOException {
        String where = source + ": tensor \"" + name + "\"";
        TensorType type = null;
        long[] shape = null;
        long[] offsets = null;
        reader.beginObject();
        while (reader.hasNext()) {
            String key = reader.nextName();
            switch (key) {
                case "dtype" -> {
                    if (reader.peek() != JsonToken.STRING) {
                        throw new IOException(where + ": dtype: expected a string, found " + reader.peek());
                    }
                    type = TensorType.named(reader.nextString(), where);
                }
                case "shape" -> shape = readSizes(reader, where + ": shape");
                case "data_offsets" -> offsets = readSizes(reader, where + ": data_offsets");
                default -> reader.skipValue();
            }
        }
        reader.endObject();
        if (type == null || shape == null || offsets == null) {
            throw new IOException(where + ": expected dtype, shape and data_offsets, found no "
                    + (type == null ? "dtype" : shape == null ? "shape" : "data_offsets"));
        }
        if (offsets.length != 2 || offsets[0] > offsets[1]) {
            throw new IOException(where + ": data_offsets: expected [begin, end], found " + Arrays.toString(offsets));
        }
        long expected = byteCount(shape, type, where);
        if (offsets[1] - offsets[0] != expected) {
            throw new IOException(where + ": shape " + Arrays.toString(shape) + " of " + type + " takes " + expected
                    + " bytes, but data_offsets span " + (offsets[1] - offsets[0]));
        }
        return new Tensor(name, type, shape, offsets[0], offsets[1]);
    }

    private static long[] readSizes(JsonReader reader, String where) throws IOException {
        List<Long> values = new ArrayList<>();
        if (reader.peek() != JsonToken.BEGIN_ARRAY) {
            throw new IOException(where + ": expected an array, found " + reader.peek());
        }
        reader.beginArray();
        while (reader.hasNext()) {
            String text = reader.peek() == JsonToken.NUMBER ? reader.nextString() : String.valueOf(reader.peek());
            try {
                values.add(Long.parseLong(text));
            } catch (NumberFormatException e) {
                throw new IOException(where + ": expected integers of at most 63 bits, found " + text, e);
            }
            if (values.get(values.size() - 1) < 0) {
                throw new IOException(where + ": expected no negative number, found " + text);
            }
        }
        reader.endArray();
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    private static long byteCount(long[] shape, TensorType type, String where) throws IOException {
        try {
            long count = type.bytes();
            for (long size : shape) {
                count = Math.multiplyExact(count, size);
            }
            return count;
        } catch (ArithmeticException e) {
            throw new IOException(where + ": shape " + Arrays.toString(shape) + " exceeds 2^63 bytes", e);
        }
    }

    private void checkLayout(long dataBytes) throws IOException {
        List<Tensor> ordered = new ArrayList<>(tensors.values());
        ordered.sort(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end));
        long position = 0;
        for (Tensor tensor : ordered) {
            String where = source + ": tensor \"" + tensor.name() + "\"";
            if (tensor.end() > dataBytes) {
                throw new IOException(where + " ends at byte " + tensor.end() + " of the data, but the file holds only "
                        + dataBytes + " (truncated?)");
            }
            if (tensor.begin() != position) {
                throw new IOException(where + " begins at byte " + tensor.begin() + " of the data, expected " + position
                        + (tensor.begin() < position ? " (overlap)" : " (hole)"));
            }
            position = tensor.end();
        }
        if (position != dataBytes) {
            throw new IOException(
                    source + ": the tensors end at byte " + position + " of the data, but the file holds " + dataBytes);
        }
    }

    private static String firstLine(String message) {
        String text = String.valueOf(message);
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
