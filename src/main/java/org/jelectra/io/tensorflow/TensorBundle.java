package org.jelectra.io.tensorflow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jelectra.io.MaskedChecksum;
import org.jelectra.io.TensorFile;
import org.jelectra.io.TensorType;

/**
 * Reads a checkpoint of TensorFlow: {@code PREFIX.index} and its files of values. The index and the sizes of the files are checked on
 * opening, a tensor's checksum when its values are read. Strings and other types without counterpart are listed, but not read. Not
 * safe for use by several threads.
 */
public final class TensorBundle implements TensorFile {

    private static final int CHUNK_BYTES = 1 << 20;
    /** The header is the value of the key that is before all others. */
    private static final String HEADER = "";

    private final Path index;
    private final Map<String, BundleEntry> entries = new TreeMap<>();
    private final ValueFiles values;

    private TensorBundle(Path prefix) throws IOException {
        index = CheckpointPrefix.index(prefix);
        Map<String, byte[]> table = SortedTable.read(index);
        byte[] header = table.remove(HEADER);
        if (header == null) {
            throw new IOException(index + ": not the index of a checkpoint: expected a header, found none");
        }
        for (Map.Entry<String, byte[]> entry : table.entrySet()) {
            String name = entry.getKey();
            entries.put(name, BundleEntry.parse(entry.getValue(), index + ": tensor \"" + name + "\""));
        }
        values = ValueFiles.open(
                prefix, BundleHeader.parse(header, index.toString()).shards());
    }

    /**
     * Opens a checkpoint and checks all but the values.
     *
     * @param prefix what the names of its files begin with
     * @throws IOException if a file is missing, truncated or malformed, the index is damaged, numbers are big-endian, or a variable is
     *     stored in parts
     */
    public static TensorBundle open(Path prefix) throws IOException {
        TensorBundle bundle = new TensorBundle(prefix);
        try {
            for (Map.Entry<String, BundleEntry> entry : bundle.entries.entrySet()) {
                bundle.values.require(entry.getKey(), entry.getValue(), bundle.index);
            }
            return bundle;
        } catch (IOException | RuntimeException e) {
            bundle.close();
            throw e;
        }
    }

    @Override
    public List<String> names() {
        return List.copyOf(entries.keySet());
    }

    @Override
    public boolean contains(String name) {
        return entries.containsKey(name);
    }

    @Override
    public long[] shape(String name) {
        return entry(name).shape().clone();
    }

    /** As the safetensors format spells it; another name for a type that it lacks. */
    @Override
    public String dtype(String name) {
        return entry(name).typeName();
    }

    @Override
    public float[] floats(String name) throws IOException {
        BundleEntry entry = entry(name);
        TensorType type = entry.tensorType();
        if (type == null || !type.isFloating()) {
            throw new IOException(index + ": tensor \"" + name + "\" has dtype " + entry.typeName()
                    + ", expected F32, F64, F16 or BF16");
        }
        long count = entry.size() / type.bytes();
        if (count > Integer.MAX_VALUE - 8) {
            throw new IOException(
                    index + ": tensor \"" + name + "\" has " + count + " elements, more than one array can hold");
        }
        float[] floats = new float[(int) count];
        int perChunk = CHUNK_BYTES / type.bytes();
        ByteBuffer chunk = ByteBuffer.allocate(Math.min(floats.length, perChunk) * type.bytes())
                .order(ByteOrder.LITTLE_ENDIAN);
        CRC32C checksum = new CRC32C();
        for (int from = 0, length; from < floats.length; from += length) {
            length = Math.min(perChunk, floats.length - from);
            chunk.clear().limit(length * type.bytes());
            values.read(entry, (long) from * type.bytes(), chunk);
            checksum.update(chunk.array(), 0, chunk.limit());
            type.readFloats(chunk, floats, from, length);
        }
        int found = MaskedChecksum.of(checksum);
        if (found != entry.checksum()) {
            throw new IOException(values.file(entry) + ": damaged: expected checksum "
                    + Integer.toHexString(entry.checksum()) + " of tensor \"" + name + "\" at byte " + entry.offset()
                    + ", found " + Integer.toHexString(found));
        }
        return floats;
    }

    @Override
    public long sharedBytes() {
        return 0;
    }

    private BundleEntry entry(String name) {
        BundleEntry entry = entries.get(name);
        if (entry == null) {
            throw new NoSuchElementException(
                    index + ": no tensor \"" + name + "\" among the " + entries.size() + " of this checkpoint");
        }
        return entry;
    }

    @Override
    public void close() throws IOException {
        values.close();
    }
}
