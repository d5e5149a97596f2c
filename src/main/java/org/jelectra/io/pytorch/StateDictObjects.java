package org.jelectra.io.pytorch;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes what a pickle asks for: dictionaries, storages and tensors, each checked. */
final class StateDictObjects {

    /** As PyTorch has it. */
    private static final int MOST_DIMENSIONS = 64;

    private final String source;
    private final Map<String, StorageRecord> storages = new LinkedHashMap<>();

    StateDictObjects(String source) {
        this.source = source;
    }

    /** The storages that were mentioned, by key. */
    Map<String, StorageRecord> storages() {
        return storages;
    }

    /** What Python's {@code callable(*arguments)} stands for. */
    Object call(Object callable, Object arguments) throws IOException {
        if (!(callable instanceof AllowedGlobal global) || !(arguments instanceof List<?> list)) {
            throw new IOException(source + ": its pickle calls " + Unpickler.kind(callable)
                    + ", expected one of the functions of a state dict");
        }
        return switch (global) {
            case ORDERED_DICT -> orderedDict(list);
            case REBUILD_TENSOR, REBUILD_TENSOR_V2 -> tensor(list);
            case REBUILD_PARAMETER -> {
                if (list.isEmpty() || !(list.get(0) instanceof TensorRecord)) {
                    throw new IOException(source + ": a parameter without its tensor");
                }
                yield list.get(0);
            }
            default -> throw new IOException(source + ": its pickle calls " + global + ", which is only a type");
        };
    }

    // Python 3 passes nothing and sets the items afterwards, Python 2 passes one list of pairs
    private Map<Object, Object> orderedDict(List<?> arguments) throws IOException {
        Map<Object, Object> map = new LinkedHashMap<>();
        if (arguments.isEmpty()) {
            return map;
        }
        if (!(arguments.get(0) instanceof List<?> pairs)) {
            throw new IOException(source + ": an OrderedDict of " + Unpickler.kind(arguments.get(0)));
        }
        for (Object pair : pairs) {
            if (!(pair instanceof List<?> two) || two.size() != 2 || !(two.get(0) instanceof String name)) {
                throw new IOException(source + ": an OrderedDict of " + Unpickler.kind(pair) + ", expected pairs");
            }
            map.put(name, two.get(1));
        }
        return map;
    }

    /** The storage of a persistent id {@code ('storage', type, key, location, count[, view])}. */
    StorageRecord storage(Object id) throws IOException {
        if (!(id instanceof List<?> parts)
                || parts.size() < 5
                || parts.size() > 6
                || !"storage".equals(parts.get(0))
                || !(parts.get(1) instanceof AllowedGlobal type)
                || type.storage() == null
                || !(parts.get(2) instanceof String key)
                || parts.size() == 6 && parts.get(5) != Unpickler.NONE) {
            throw new IOException(source + ": a reference to something that is not a storage");
        }
        long count = size(parts.get(4), "size of storage " + key);
        if (count > Long.MAX_VALUE / 8) {
            throw new IOException(
                    source + ": storage " + key + " has " + count + " elements, more than any file holds");
        }
        StorageRecord storage = new StorageRecord(key, type.storage(), count);
        StorageRecord before = storages.putIfAbsent(key, storage);
        if (before != null && !before.equals(storage)) {
            throw new IOException(source + ": storage " + key + " is both " + before.type() + " of " + before.count()
                    + " elements and " + storage.type() + " of " + count);
        }
        return storage;
    }

    private TensorRecord tensor(List<?> arguments) throws IOException {
        if (arguments.size() < 4 || !(arguments.get(0) instanceof StorageRecord storage)) {
            throw new IOException(source + ": a tensor without its storage");
        }
        String where = "tensor of storage " + storage.key();
        long offset = size(arguments.get(1), "offset of a " + where);
        long[] shape = sizes(arguments.get(2), "shape of a " + where);
        long[] strides = sizes(arguments.get(3), "strides of a " + where);
        if (shape.length != strides.length) {
            throw new IOException(source + ": a " + where + " has shape " + Arrays.toString(shape) + " and strides "
                    + Arrays.toString(strides) + ", expected as many of both");
        }
        try {
            long count = 1;
            long end = offset + 1;
            for (int i = 0; i < shape.length; i++) {
                count = Math.multiplyExact(count, shape[i]);
                end = Math.addExact(end, Math.multiplyExact(Math.max(0, shape[i] - 1), strides[i]));
            }
            if (count > 0 && end > storage.count() || count > storage.count()) {
                throw new ArithmeticException();
            }
            return new TensorRecord(storage, offset, shape, strides, count);
        } catch (ArithmeticException e) {
            throw new IOException(
                    source + ": a " + where + " does not fit its " + storage.count() + " elements: offset " + offset
                            + ", shape " + Arrays.toString(shape) + ", strides " + Arrays.toString(strides),
                    e);
        }
    }

    private long[] sizes(Object value, String what) throws IOException {
        if (!(value instanceof List<?> list)) {
            throw new IOException(source + ": " + what + ": expected a tuple, found " + Unpickler.kind(value));
        }
        if (list.size() > MOST_DIMENSIONS) {
            throw new IOException(
                    source + ": " + what + ": expected at most " + MOST_DIMENSIONS + " numbers, found " + list.size());
        }
        long[] sizes = new long[list.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = size(list.get(i), what);
        }
        return sizes;
    }

    private long size(Object value, String what) throws IOException {
        if (!(value instanceof Long number) || number < 0 || number == Long.MAX_VALUE) {
            throw new IOException(source + ": " + what + ": expected a number from 0 to 2^63 - 2, found "
                    + (value instanceof Long
                            ? value
                            // whose digits may take minutes
                            : value instanceof BigInteger large
                                    ? "one of " + (large.bitLength() + 1) + " bits"
                                    : Unpickler.kind(value)));
        }
        return number;
    }
}
