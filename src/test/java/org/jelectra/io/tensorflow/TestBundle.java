package org.jelectra.io.tensorflow;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jelectra.io.ProtobufMessage;
import org.jelectra.io.TestTensor;

/** Writes checkpoints for tests that TensorFlow has not written: of other models, and malformed ones. */
public final class TestBundle {

    private static final int FLOAT = 1;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();

    private TestBundle() {}

    /** Writes a checkpoint in float32, in one file of values. */
    public static void write(Path prefix, Collection<TestTensor> tensors) throws IOException {
        ByteArrayOutputStream values = new ByteArrayOutputStream();
        Map<String, byte[]> entries = new TreeMap<>();
        entries.put("", header(1, 0, 0));
        for (TestTensor tensor : tensors) {
            ByteBuffer bytes = ByteBuffer.allocate(4 * tensor.data().length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(tensor.data());
            entries.put(
                    tensor.name(),
                    entry(FLOAT, tensor.shape(), 0, values.size(), bytes.capacity(), masked(bytes.array())));
            values.writeBytes(bytes.array());
        }
        Files.createDirectories(prefix.toAbsolutePath().getParent());
        Files.write(prefix.resolveSibling(prefix.getFileName() + ".data-00000-of-00001"), values.toByteArray());
        index(prefix, entries, 10, 0);
    }

    static byte[] header(int shards, int endianness, int leastReader) {
        return new ProtobufMessage()
                .varint(1, shards)
                .varint(2, endianness)
                .message(3, new ProtobufMessage().varint(1, 1).varint(2, leastReader))
                .toByteArray();
    }

    static byte[] entry(int type, int[] shape, int shard, long offset, long size, int checksum) {
        ProtobufMessage sizes = new ProtobufMessage();
        for (int length : shape) {
            sizes.message(2, new ProtobufMessage().varint(1, length));
        }
        return new ProtobufMessage()
                .varint(1, type)
                .message(2, sizes)
                .varint(3, shard)
                .varint(4, offset)
                .varint(5, size)
                .fixed32(6, checksum)
                .toByteArray();
    }

    /** Writes an index of blocks of so many entries and of a type. */
    static void index(Path prefix, Map<String, byte[]> entries, int perBlock, int type) throws IOException {
        TestBundle table = new TestBundle();
        Map<String, byte[]> handles = new TreeMap<>();
        List<String> names = List.copyOf(entries.keySet());
        for (int from = 0; from < names.size(); from += perBlock) {
            Map<String, byte[]> some = new TreeMap<>();
            names.subList(from, Math.min(from + perBlock, names.size()))
                    .forEach(name -> some.put(name, entries.get(name)));
            handles.put(names.get(Math.min(from + perBlock, names.size()) - 1), table.block(contents(some), type));
        }
        table.finish(prefix, contents(handles));
    }

    /** Writes an index of one block with any contents. */
    static void indexOf(Path prefix, byte[] contents) throws IOException {
        indexOf(prefix, contents, 1);
    }

    /** The same, with the block's place in the index so many times. */
    static void indexOf(Path prefix, byte[] contents, int times) throws IOException {
        TestBundle table = new TestBundle();
        byte[] place = table.block(contents, 0);
        Map<String, byte[]> places = new TreeMap<>();
        for (int i = 0; i < times; i++) {
            places.put("z" + i, place);
        }
        table.finish(prefix, contents(places));
    }

    private void finish(Path prefix, byte[] index) throws IOException {
        byte[] properties = block(contents(Map.of()), 0);
        byte[] handle = block(index, 0);
        ByteBuffer footer = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
        footer.put(properties).put(handle).putLong(40, 0xdb4775248b80fb57L);
        file.writeBytes(footer.array());
        Files.write(CheckpointPrefix.index(prefix), file.toByteArray());
    }

    /** Appends a block; returns its place. */
    private byte[] block(byte[] contents, int type) {
        int begin = file.size();
        ByteBuffer block = ByteBuffer.allocate(contents.length + 5).order(ByteOrder.LITTLE_ENDIAN);
        block.put(contents).put((byte) type);
        byte[] checked = new byte[contents.length + 1];
        block.get(0, checked);
        block.putInt(masked(checked));
        file.writeBytes(block.array());
        ByteArrayOutputStream handle = new ByteArrayOutputStream();
        varint(handle, begin);
        varint(handle, contents.length);
        return handle.toByteArray();
    }

    /** Every third key whole, the others by what they do not share with the one before. */
    static byte[] contents(Map<String, byte[]> entries) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        List<Integer> restarts = new ArrayList<>();
        String before = "";
        int count = 0;
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            String key = entry.getKey();
            int shared = 0;
            if (count++ % 3 == 0) {
                restarts.add(block.size());
            } else {
                while (shared < Math.min(key.length(), before.length())
                        && key.charAt(shared) == before.charAt(shared)) {
                    shared++;
                }
            }
            varint(block, shared);
            varint(block, key.length() - shared);
            varint(block, entry.getValue().length);
            block.writeBytes(key.substring(shared).getBytes(StandardCharsets.US_ASCII));
            block.writeBytes(entry.getValue());
            before = key;
        }
        ByteBuffer end = ByteBuffer.allocate(4 * restarts.size() + 4).order(ByteOrder.LITTLE_ENDIAN);
        restarts.forEach(end::putInt);
        block.writeBytes(end.putInt(restarts.size()).array());
        return block.toByteArray();
    }

    static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        for (; rest > 0x7f; rest >>>= 7) {
            out.write((int) (rest & 0x7f | 0x80));
        }
        out.write((int) rest);
    }

    static int masked(byte[] bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        int value = (int) checksum.getValue();
        return (value >>> 15 | value << 17) + 0xa282ead8;
    }
}
