package org.jelectra.gpu.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.gpu.GpuException;

/**
 * Streams, events and graphs. Work is done at once, in the order in which it is given; or late, when someone waits for it, each stream's
 * in its order, and that of different streams ordered by events alone. A stream that records does neither.
 */
final class Streams {

    /** Where an event has been recorded. */
    private static final class Point {
        /** What its stream had to do then, this point included. */
        private final Deque<Runnable> queue;

        private long nanoseconds;
        private boolean reached;

        private Point(Deque<Runnable> queue) {
            this.queue = queue;
        }

        private void reach() {
            nanoseconds = System.nanoTime();
            reached = true;
        }

        /** Does what its stream still has to do before it. */
        private void await() {
            while (!reached) {
                queue.remove().run();
            }
        }
    }

    /** An event. */
    private static final class Mark {
        /** Where it has been recorded last; null where nowhere, or in a recording. */
        private Point latest;
        /** The recording that it stands in, and what it is ordered behind there; null where it stands in none. */
        private Recording recording;

        private Map<Long, Integer> place;
    }

    private final Handles<Boolean> streams = new Handles<>("stream");
    private final Handles<Mark> events = new Handles<>("event");
    private final Handles<List<Runnable>> graphs = new Handles<>("graph");
    private final Map<Long, Recording> recordings = new HashMap<>();
    private final boolean late;
    /** What each stream has been given and not done; empty unless work is done late. */
    private final Map<Long, Deque<Runnable>> pending = new LinkedHashMap<>();

    /** With work that is done when someone waits for it, or at once. */
    Streams(boolean late) {
        this.late = late;
    }

    long createStream() {
        return streams.add(true);
    }

    /** What it has been given is still done. */
    void destroyStream(long stream) {
        streams.remove(stream);
    }

    private void check(long stream) {
        if (stream != 0) {
            streams.get(stream);
        }
    }

    private Deque<Runnable> queue(long stream) {
        return pending.computeIfAbsent(stream, s -> new ArrayDeque<>());
    }

    /** Does or records something. */
    void submit(long stream, Runnable work) {
        check(stream);
        Recording recording = recordings.get(stream);
        if (recording != null) {
            recording.add(stream, work);
        } else if (late) {
            queue(stream).add(work);
        } else {
            work.run();
        }
    }

    private static void finish(Deque<Runnable> queue) {
        while (!queue.isEmpty()) {
            queue.remove().run();
        }
    }

    /** Does all that was given, to whatever stream. */
    void finish() {
        pending.values().forEach(Streams::finish);
    }

    /** For what must not happen while any stream records. */
    void requireNoRecording(String what) {
        if (!recordings.isEmpty()) {
            throw new GpuException(
                    900, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", what + " is not possible while a stream is recorded");
        }
    }

    void synchronize(long stream) {
        check(stream);
        requireNoRecording("waiting for a stream");
        finish(queue(stream));
    }

    long createEvent() {
        return events.add(new Mark());
    }

    void destroyEvent(long event) {
        events.remove(event);
    }

    void recordEvent(long event, long stream) {
        check(stream);
        Mark mark = events.get(event);
        mark.recording = recordings.get(stream);
        if (mark.recording != null) {
            // it orders what is recorded; launches of the recording do not reach it
            mark.place = mark.recording.point(stream);
            mark.latest = null;
            return;
        }
        Point point = new Point(queue(stream));
        mark.latest = point;
        submit(stream, point::reach);
    }

    /** A stream that waits for an event of a recording is recorded with it from then on; one that nobody has recorded orders nothing. */
    void waitForEvent(long event, long stream) {
        check(stream);
        Mark mark = events.get(event);
        Recording own = recordings.get(stream);
        if (mark.recording == null) {
            Point point = mark.latest;
            if (point != null && own != null) {
                throw new GpuException(
                        905,
                        "CUDA_ERROR_STREAM_CAPTURE_ISOLATION",
                        "a stream that is recorded cannot wait for an event from outside of the recording");
            }
            if (point != null) {
                submit(stream, point::await);
            }
            return;
        }
        if (!recordings.containsValue(mark.recording)) {
            throw neverReached();
        }
        if (own != null && own != mark.recording) {
            throw new GpuException(
                    902,
                    "CUDA_ERROR_STREAM_CAPTURE_MERGE",
                    "a stream that is recorded cannot wait for an event of another recording");
        }
        mark.recording.join(stream, mark.place);
        recordings.put(stream, mark.recording);
    }

    private static GpuException neverReached() {
        return new GpuException(
                907, "CUDA_ERROR_CAPTURED_EVENT", "an event that was recorded with a graph is never reached");
    }

    void synchronizeEvent(long event) {
        Mark mark = events.get(event);
        requireNoRecording("waiting for an event");
        if (mark.recording != null) {
            throw neverReached();
        }
        if (mark.latest != null) {
            mark.latest.await();
        }
    }

    float elapsedMilliseconds(long from, long to) {
        Point begin = events.get(from).latest;
        Point end = events.get(to).latest;
        if (begin == null || end == null || !begin.reached || !end.reached) {
            throw new GpuException(
                    400, "CUDA_ERROR_INVALID_HANDLE", "an event was not reached before its time was asked");
        }
        return (end.nanoseconds - begin.nanoseconds) / 1e6f;
    }

    void beginCapture(long stream) {
        check(stream);
        if (recordings.containsKey(stream)) {
            throw new GpuException(1, "CUDA_ERROR_INVALID_VALUE", "the stream is recorded already");
        }
        recordings.put(stream, new Recording(stream));
    }

    long endCapture(long stream) {
        Recording recording = recordings.get(stream);
        if (recording == null) {
            throw new GpuException(901, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "the stream is not recorded");
        }
        if (!recording.beganWith(stream)) {
            throw new GpuException(
                    903, "CUDA_ERROR_STREAM_CAPTURE_UNMATCHED", "the recording was begun by another stream");
        }
        recordings.values().removeIf(other -> other == recording);
        if (!recording.isJoined()) {
            throw new GpuException(
                    904,
                    "CUDA_ERROR_STREAM_CAPTURE_UNJOINED",
                    "the recording has work of another stream that the stream which began it does not wait for");
        }
        return graphs.add(recording.work);
    }

    void launchGraph(long graph, long stream) {
        List<Runnable> work = graphs.get(graph);
        submit(stream, () -> work.forEach(Runnable::run));
    }

    void destroyGraph(long graph) {
        graphs.remove(graph);
    }
}
