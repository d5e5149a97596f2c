package org.jelectra.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which addresses of an arena are taken at which times. A binary tree over the times has two sets of addresses at each node, so that
 * a block and a question touch as many nodes as the logarithm of the number of times, whatever else lives at those times.
 */
final class AddressMap {

    /** Addresses, as ranges that do not touch each other: start to end. */
    private static final class Ranges {
        private final TreeMap<Long, Long> ends = new TreeMap<>();

        void add(long from, long to) {
            long start = from;
            long end = to;
            Map.Entry<Long, Long> before = ends.floorEntry(start);
            if (before != null && before.getValue() >= start) {
                start = before.getKey();
                end = Math.max(end, before.getValue());
            }
            for (Map.Entry<Long, Long> next = ends.ceilingEntry(start);
                    next != null && next.getKey() <= end;
                    next = ends.higherEntry(start)) {
                end = Math.max(end, next.getValue());
                ends.remove(next.getKey());
            }
            ends.put(start, end);
        }

        /** The lowest address from {@code offset} on that a block of that size may begin at, as far as the last range in its way tells. */
        long after(long offset, long size) {
            Map.Entry<Long, Long> inTheWay = ends.lowerEntry(offset + size);
            return inTheWay == null ? offset : Math.max(offset, inTheWay.getValue());
        }
    }

    private final int times;
    /** By node: what is taken during all of its times, where it is not during all of its parent's. */
    private final Ranges[] throughout;
    /** By node: what is taken at any of its times, by blocks that do not live during all of its parent's. */
    private final Ranges[] sometimes;

    private final List<Ranges> inQuestion = new ArrayList<>();

    /** All addresses are free at times from 0 to below {@code count}. */
    AddressMap(int count) {
        times = count <= 1 ? 1 : 2 * Integer.highestOneBit(count - 1);
        throughout = new Ranges[2 * times];
        sometimes = new Ranges[2 * times];
    }

    /** Takes the lowest range of that size that is free from {@code first} to {@code last}, both included; returns where it begins. */
    long take(long size, int first, int last) {
        if (size == 0) {
            return 0;
        }
        inQuestion.clear();
        ask(1, 0, times, first, last);
        long offset = 0;
        long before;
        do {
            before = offset;
            for (Ranges ranges : inQuestion) {
                offset = ranges.after(offset, size);
            }
        } while (offset > before);
        mark(1, 0, times, first, last, offset, offset + size);
        return offset;
    }

    private void ask(int node, int from, int count, int first, int last) {
        if (last < from || from + count <= first) {
            return;
        }
        boolean inside = first <= from && from + count - 1 <= last;
        Ranges taken = (inside ? sometimes : throughout)[node];
        if (taken != null) {
            inQuestion.add(taken);
        }
        if (!inside) {
            ask(2 * node, from, count / 2, first, last);
            ask(2 * node + 1, from + count / 2, count / 2, first, last);
        }
    }

    private void mark(int node, int from, int count, int first, int last, long start, long end) {
        if (last < from || from + count <= first) {
            return;
        }
        at(sometimes, node).add(start, end);
        if (first <= from && from + count - 1 <= last) {
            at(throughout, node).add(start, end);
            return;
        }
        mark(2 * node, from, count / 2, first, last, start, end);
        mark(2 * node + 1, from + count / 2, count / 2, first, last, start, end);
    }

    private static Ranges at(Ranges[] nodes, int node) {
        if (nodes[node] == null) {
            nodes[node] = new Ranges();
        }
        return nodes[node];
    }
}
