package org.jelectra.io.tensorflow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.io.TensorType;

/**
 * What the index says of a tensor: the message {@code BundleEntryProto}.
 *
 * @param type number of the type, a {@code DataType}
 * @param shape sizes, outermost first
 * @param shard number of the file with the values
 * @param offset first byte there
 * @param size number of bytes
 * @param checksum masked CRC-32C of these bytes
 */
record BundleEntry(int type, long[] shape, long shard, long offset, long size, int checksum) {

    /**
     * Reads and checks an entry.
     *
     * @param where what to call the tensor in messages
     * @throws IOException if it is malformed, its shape and number of bytes differ, or the tensor is stored in parts
     */
    static BundleEntry parse(byte[] message, String where) throws IOException {
        long[] numbers = new long[7];
        List<Long> sizes = new ArrayList<>();
        int[] parts = {0};
        new ByteCursor(message, where).fields((field, number, value) -> {
            if (field == 2 && value != null) {
                value.fields((part, rank, dimension) -> {
                    if (part == 2 && dimension != null) {
                        sizes.add(size(dimension));
                    }
                });
            } else if (field == 7) {
                parts[0]++;
            } else if (field < numbers.length) {
                numbers[field] = number;
            }
        });
        if (parts[0] > 0) {
            throw new IOException(
                    where + " is stored in " + parts[0] + " parts (a partitioned variable), expected whole"
                            + " ones; TensorFlow can save it again without its partitioner");
        }
        BundleEntry entry = new BundleEntry(
                (int) numbers[1],
                sizes.stream().mapToLong(Long::longValue).toArray(),
                numbers[3],
                numbers[4],
                numbers[5],
                (int) numbers[6]);
        entry.requireSize(where);
        return entry;
    }

    private static long size(ByteCursor dimension) throws IOException {
        long[] size = {0};
        dimension.fields((field, number, value) -> size[0] = field == 1 ? number : size[0]);
        return size[0];
    }

    private void requireSize(String where) throws IOException {
        if (tensorType() != null && size != bytes()) {
            throw new IOException(where + " has " + size + " bytes, expected those of the shape "
                    + Arrays.toString(shape) + " and type " + typeName());
        }
    }

    /** By shape and type; -1 where no file can have so many. */
    private long bytes() {
        long bytes = tensorType().bytes();
        for (long length : shape) {
            if (length < 0 || length > 0 && bytes > Long.MAX_VALUE / length) {
                return -1;
            }
            bytes *= length;
        }
        return bytes;
    }

    /** The type; null where it has no counterpart here. */
    TensorType tensorType() {
        return switch (type) {
            case 1 -> TensorType.F32;
            case 2 -> TensorType.F64;
            case 3 -> TensorType.I32;
            case 4 -> TensorType.U8;
            case 5 -> TensorType.I16;
            case 6 -> TensorType.I8;
            case 9 -> TensorType.I64;
            case 10 -> TensorType.BOOL;
            case 14 -> TensorType.BF16;
            case 19 -> TensorType.F16;
            default -> null;
        };
    }

    /** Name of the type. */
    String typeName() {
        return tensorType() != null ? tensorType().name() : type == 7 ? "strings" : "type " + type + " of TensorFlow";
    }
}
