package org.jelectra.io.pytorch;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.zip.ZipException;
import org.jelectra.io.TensorFile;
import org.jelectra.io.TensorType;

/**
 * Reads a state dict that PyTorch's {@code torch.save} wrote ({@code pytorch_model.bin}), in the zip container of PyTorch 1.6 and
 * later or in the one before. Nothing in the file is executed: the names of Python that it may mention are those of tensors.
 */
public final class PyTorchReader implements TensorFile {

    private static final int CHUNK_BYTES = 1 << 20;

    private final String source;
    private final StorageBytes bytes;
    private final Map<String, TensorRecord> tensors = new LinkedHashMap<>();

    private PyTorchReader(String source, StorageBytes bytes, Object root) throws IOException {
        this.source = source;
        this.bytes = bytes;
        if (!(root instanceof Map<?, ?> map)) {
            throw new IOException(
                    source + ": expected a state dict, that is tensors by name, found " + Unpickler.kind(root));
        }
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getValue() instanceof TensorRecord tensor) || !(entry.getKey() instanceof String name)) {
                throw new IOException(source + ": expected a state dict, that is tensors by name, found "
                        + Unpickler.kind(entry.getValue()) + " as \"" + entry.getKey() + "\"");
            }
            tensors.put(name, tensor);
        }
    }

    /**
     * Opens a file and checks all but the values.
     *
     * @throws IOException if it cannot be read, is malformed, or holds anything but tensors by name; the message says which
     */
    public static PyTorchReader open(Path file) throws IOException {
        byte[] begin;
        try (InputStream in = Files.newInputStream(file)) {
            begin = in.readNBytes(2);
        }
        String source = file.toString();
        StateDictObjects objects = new StateDictObjects(source);
        if (begin.length == 2 && begin[0] == 'P' && begin[1] == 'K') {
            ZipContainer zip = ZipContainer.open(file);
            return open(source, zip, () -> zip.read(objects));
        }
        if (begin.length == 2 && begin[0] == (byte) 0x80 && begin[1] == 2) {
            LegacyContainer legacy = LegacyContainer.open(file);
            return open(source, legacy, () -> legacy.read(objects));
        }
        throw new IOException(
                source
                        + ": not a file of PyTorch: expected a zip archive or a pickle of protocol 2, found neither (truncated?)");
    }

    private interface Root {
        Object read() throws IOException;
    }

    private static PyTorchReader open(String source, StorageBytes bytes, Root root) throws IOException {
        try {
            return new PyTorchReader(source, bytes, root.read());
        } catch (ZipException | EOFException e) {
            bytes.close();
            throw new IOException(source + ": truncated or damaged within its pickle", e);
        } catch (IOException | RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    @Override
    public List<String> names() {
        return List.copyOf(tensors.keySet());
    }

    @Override
    public boolean contains(String name) {
        return tensors.containsKey(name);
    }

    @Override
    public long[] shape(String name) {
        return tensor(name).shape().clone();
    }

    @Override
    public String dtype(String name) {
        return tensor(name).storage().type().name();
    }

    @Override
    public float[] floats(String name) throws IOException {
        TensorRecord tensor = tensor(name);
        if (!tensor.storage().type().isFloating()) {
            throw new IOException(source + ": tensor \"" + name + "\" has dtype "
                    + tensor.storage().type() + ", expected F32, F64, F16 or BF16");
        }
        if (tensor.isContiguous()) {
            return floats(tensor.storage(), tensor.offset(), tensor.count(), name);
        }
        float[] span = floats(tensor.storage(), tensor.offset(), tensor.span(), name);
        float[] values = new float[(int) tensor.count()];
        int[] index = new int[tensor.shape().length];
        for (int i = 0; i < values.length; i++) {
            long at = 0;
            for (int d = 0; d < index.length; d++) {
                at += index[d] * tensor.strides()[d];
            }
            values[i] = span[(int) at];
            for (int d = index.length - 1; d >= 0 && ++index[d] == tensor.shape()[d]; d--) {
                index[d] = 0;
            }
        }
        return values;
    }

    private float[] floats(StorageRecord storage, long offset, long count, String name) throws IOException {
        if (count > Integer.MAX_VALUE - 8) {
            throw new IOException(
                    source + ": tensor \"" + name + "\" has " + count + " elements, more than one array can hold");
        }
        TensorType type = storage.type();
        float[] values = new float[(int) count];
        if (count == 0) {
            return values;
        }
        byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, count * type.bytes())];
        ByteBuffer buffer = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
        int perChunk = chunk.length / type.bytes();
        try (InputStream in = bytes.open(storage, offset * type.bytes())) {
            for (int from = 0; from < values.length; ) {
                int length = Math.min(perChunk, values.length - from);
                if (in.readNBytes(chunk, 0, length * type.bytes()) < length * type.bytes()) {
                    throw new EOFException();
                }
                type.readFloats(buffer.position(0), values, from, length);
                from += length;
            }
        } catch (ZipException | EOFException e) {
            throw new IOException(source + ": truncated or damaged within tensor \"" + name + "\"", e);
        }
        return values;
    }

    @Override
    public long sharedBytes() {
        Set<StorageRecord> before = new HashSet<>();
        return tensors.values().stream()
                .filter(tensor -> !before.add(tensor.storage()))
                .mapToLong(tensor -> tensor.count() * tensor.storage().type().bytes())
                .sum();
    }

    private TensorRecord tensor(String name) {
        TensorRecord tensor = tensors.get(name);
        if (tensor == null) {
            throw new NoSuchElementException(
                    source + ": no tensor \"" + name + "\" among the " + tensors.size() + " of this file");
        }
        return tensor;
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
