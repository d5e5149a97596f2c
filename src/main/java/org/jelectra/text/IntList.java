package org.jelectra.text;

import java.util.Arrays;

/** A growing array of ints, for ids without boxing. Not safe for use by several threads. */
public final class IntList {

    private int[] values;
    private int size;

    /** An empty list. */
    public IntList() {
        this(64);
    }

    /**
     * An empty list, for where there are many small ones.
     *
     * @param capacity values that it takes without growing
     * @throws IllegalArgumentException if it is not positive
     */
    public IntList(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("the capacity must be positive, got " + capacity);
        }
        values = new int[capacity];
    }

    /** Appends a value. */
    public void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    /**
     * The value at an index.
     *
     * @throws IndexOutOfBoundsException if index is not in [0, size)
     */
    public int get(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("index " + index + " is not in [0, " + size + ")");
        }
        return values[index];
    }

    /**
     * Replaces the value at an index.
     *
     * @throws IndexOutOfBoundsException if index is not in [0, size)
     */
    public void set(int index, int value) {
        get(index);
        values[index] = value;
    }

    /** Number of values. */
    public int size() {
        return size;
    }

    /** Removes all values and keeps the memory. */
    public void clear() {
        size = 0;
    }

    /** A copy of the values. */
    public int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
