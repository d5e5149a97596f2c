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

    /** Removes so many values from the front. */
    public void removeFirst(int count) {
        System.arraycopy(values, count, values, 0, size - count);
        size -= count;
    }

    /** Copies values from {@code from} on into an array. */
    public void copy(int from, int length, int[] target, int offset) {
        System.arraycopy(values, from, target, offset, length);
    }

    /** Of ascending values, the one strictly between {@code from} and {@code to} that is nearest to {@code wanted}, else {@code wanted}. */
    public int nearest(int wanted, int from, int to) {
        int found = Arrays.binarySearch(values, 0, size, wanted);
        int next = found < 0 ? -found - 1 : found;
        int before = next > 0 ? values[next - 1] : from;
        int after = next < size ? values[next] : to;
        boolean afterInside = after < to;
        if (before > from && (!afterInside || wanted - before <= after - wanted)) {
            return before;
        }
        return afterInside ? after : wanted;
    }

    /** A copy of the values. */
    public int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
