package org.jelectra.gpu.jcuda;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Numbers for objects, from 1 on; looking one up allocates nothing. */
final class Handles<T> {

    private final String kind;
    private final List<T> slots = new ArrayList<>();
    private final Deque<Integer> free = new ArrayDeque<>();

    Handles(String kind) {
        this.kind = kind;
    }

    long add(T object) {
        if (free.isEmpty()) {
            slots.add(object);
            return slots.size();
        }
        int index = free.pop();
        slots.set(index, object);
        return index + 1L;
    }

    T get(long handle) {
        T object = handle < 1 || handle > slots.size() ? null : slots.get((int) handle - 1);
        if (object == null) {
            throw new IllegalArgumentException("there is no " + kind + " " + handle);
        }
        return object;
    }

    T remove(long handle) {
        T object = get(handle);
        slots.set((int) handle - 1, null);
        free.push((int) handle - 1);
        return object;
    }
}
