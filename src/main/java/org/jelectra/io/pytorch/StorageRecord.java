package org.jelectra.io.pytorch;

import org.jelectra.io.TensorType;

/**
 * A piece of memory that tensors are views of.
 *
 * @param key its name in the file
 * @param type of the elements
 * @param count number of elements
 */
record StorageRecord(String key, TensorType type, long count) {

    /** Size in bytes; the count was checked to make that less than 2^63. */
    long bytes() {
        return count * type.bytes();
    }
}
