package org.jelectra.io.pytorch;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The container of PyTorch before 1.6: five pickles (a magic number, a version, the machine, the state dict, the keys of the
 * storages), then for each key the number of elements, 8 bytes, and their bytes.
 */
final class LegacyContainer implements StorageBytes {

    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long VERSION = 1001;

    private final FileChannel channel;
    private final String source;
    private final Map<String, Long> positions = new HashMap<>();

    private LegacyContainer(FileChannel channel, String source) {
        this.channel = channel;
        this.source = source;
    }

    static LegacyContainer open(Path file) throws IOException {
        return new LegacyContainer(FileChannel.open(file, StandardOpenOption.READ), file.toString());
    }

    /** Runs the pickles; the storages that they mention must be there, whole. */
    Object read(StateDictObjects objects) throws IOException {
        PickleInput in = new PickleInput(new BufferedInputStream(Channels.newInputStream(channel)), source);
        if (!MAGIC.equals(unpickle(in, objects))) {
            throw new IOException(source + ": not a file of PyTorch: the pickle does not begin with its magic number");
        }
        Object version = unpickle(in, objects);
        if (!Long.valueOf(VERSION).equals(version)) {
            throw new IOException(source + ": a file of version "
                    + (version instanceof Long ? version : Unpickler.kind(version)) + ", expected " + VERSION);
        }
        if (!(unpickle(in, objects) instanceof Map<?, ?> machine)
                || !Boolean.TRUE.equals(machine.get("little_endian"))) {
            throw new IOException(source + ": expected values in little-endian order, found others");
        }
        Object root = unpickle(in, objects);
        if (!(unpickle(in, objects) instanceof List<?> keys)) {
            throw new IOException(source + ": expected the list of its storages, found none");
        }
        locate(keys, objects.storages(), in.position());
        return root;
    }

    private Object unpickle(PickleInput in, StateDictObjects objects) throws IOException {
        return new Unpickler(in, source, objects).read();
    }

    private void locate(List<?> keys, Map<String, StorageRecord> storages, long begin) throws IOException {
        long at = begin;
        for (Object key : keys) {
            StorageRecord storage = key instanceof String ? storages.get(key) : null;
            if (storage == null || positions.containsKey(storage.key())) {
                throw new IOException(source + ": its list of storages names one that no tensor has, or one twice");
            }
            if (storage.bytes() > channel.size() - at - 8) {
                throw new IOException(source + ": truncated: storage " + storage.key() + " takes " + storage.bytes()
                        + " bytes, but the file ends at " + channel.size());
            }
            long count = count(at);
            if (count != storage.count()) {
                throw new IOException(source + ": storage " + storage.key() + " must have " + storage.count()
                        + " elements, found " + count);
            }
            positions.put(storage.key(), at + 8);
            at += 8 + storage.bytes();
        }
        for (String key : storages.keySet()) {
            if (!positions.containsKey(key)) {
                throw new IOException(source + ": storage " + key + " is missing");
            }
        }
    }

    private long count(long at) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new IOException(source + ": truncated at byte " + at);
            }
        }
        return buffer.getLong(0);
    }

    @Override
    public InputStream open(StorageRecord storage, long firstByte) throws IOException {
        channel.position(positions.get(storage.key()) + firstByte);
        InputStream in = Channels.newInputStream(channel);
        return new InputStream() { // closing it leaves the file open
            @Override
            public int read() throws IOException {
                return in.read();
            }

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                return in.read(bytes, from, length);
            }
        };
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
