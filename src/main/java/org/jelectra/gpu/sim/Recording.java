package org.jelectra.gpu.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is recorded of a stream, and of those that wait for its events. Each knows how much of the others' work is ordered before what it
 * does next: in the end the stream that began must know all of it.
 */
final class Recording {

    final List<Runnable> work = new ArrayList<>();
    private final long origin;
    /** For each stream that takes part, for each stream the pieces of work that are ordered before what it does next. */
    private final Map<Long, Map<Long, Integer>> known = new HashMap<>();

    Recording(long origin) {
        this.origin = origin;
        known.put(origin, new HashMap<>());
    }

    boolean beganWith(long stream) {
        return stream == origin;
    }

    /** Work of a stream that takes part. */
    void add(long stream, Runnable piece) {
        work.add(piece);
        known.get(stream).merge(stream, 1, Integer::sum);
    }

    /** What is ordered before this point of a stream that takes part. */
    Map<Long, Integer> point(long stream) {
        return Map.copyOf(known.get(stream));
    }

    /** A stream waits for a point, and takes part from now on. */
    void join(long stream, Map<Long, Integer> point) {
        Map<Long, Integer> own = known.computeIfAbsent(stream, s -> new HashMap<>());
        point.forEach((other, pieces) -> own.merge(other, pieces, Math::max));
    }

    /** Whether the stream that began waits for all work of the others. */
    boolean isJoined() {
        Map<Long, Integer> atEnd = known.get(origin);
        return known.entrySet().stream()
                .allMatch(stream -> stream.getValue()
                        .getOrDefault(stream.getKey(), 0)
                        .equals(atEnd.getOrDefault(stream.getKey(), 0)));
    }
}
