package org.jelectra.gpu.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.gpu.GpuException;

/**
 * Streams, events and graphs. Work of all streams is done in the order in which it is given, unless its stream records: at once, or late,
 * when someone waits for it.
 */
final class Streams {

    private static final class Mark {
        private long nanoseconds;
        private boolean reached;
        /** How often it stands in what is still to be done. */
        private int ahead;
        /** The recording that it stands in; null where it stands in none. */
        private List<Runnable> recording;
    }

    private final Handles<Boolean> streams = new Handles<>("stream");
    private final Handles<Mark> events = new Handles<>("event");
    private final Handles<List<Runnable>> graphs = new Handles<>("graph");
    private final Map<Long, List<Runnable>> recordings = new HashMap<>();
    private final boolean late;
    /** Given and not done; empty unless work is done late. */
    private final Deque<Runnable> pending = new ArrayDeque<>();

    /** With work that is done when someone waits for it, or at once. */
    Streams(boolean late) {
        this.late = late;
    }

    long createStream() {
        return streams.add(true);
    }

    void destroyStream(long stream) {
        streams.remove(stream);
    }

    private void check(long stream) {
        if (stream != 0) {
            streams.get(stream);
        }
    }

    /** Does or records something. */
    void submit(long stream, Runnable work) {
        check(stream);
        List<Runnable> recording = recordings.get(stream);
        if (recording != null) {
            recording.add(work);
        } else if (late) {
            pending.add(work);
        } else {
            work.run();
        }
    }

    /** Does all that was given. */
    void finish() {
        while (!pending.isEmpty()) {
            pending.remove().run();
        }
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
        finish();
    }

    long createEvent() {
        return events.add(new Mark());
    }

    void destroyEvent(long event) {
        events.remove(event);
    }

    void recordEvent(long event, long stream) {
        Mark mark = events.get(event);
        mark.recording = recordings.get(stream);
        mark.reached = false;
        if (mark.recording != null) {
            // it orders what is recorded; launches of the recording do not reach it
            return;
        }
        mark.ahead++;
        submit(stream, () -> {
            mark.ahead--;
            mark.nanoseconds = System.nanoTime();
            mark.reached = true;
        });
    }

    /** A stream that waits for an event of a recording is recorded with it from then on. */
    void waitForEvent(long event, long stream) {
        check(stream);
        Mark mark = events.get(event);
        if (mark.recording != null && recordings.containsValue(mark.recording)) {
            recordings.put(stream, mark.recording);
        }
    }

    void synchronizeEvent(long event) {
        Mark mark = events.get(event);
        requireNoRecording("waiting for an event");
        if (mark.recording != null) {
            throw new GpuException(
                    907, "CUDA_ERROR_CAPTURED_EVENT", "an event that was recorded with a graph is never reached");
        }
        while (mark.ahead > 0) {
            pending.remove().run();
        }
    }

    float elapsedMilliseconds(long from, long to) {
        Mark begin = events.get(from);
        Mark end = events.get(to);
        if (!begin.reached || !end.reached) {
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
        recordings.put(stream, new ArrayList<>());
    }

    long endCapture(long stream) {
        List<Runnable> recording = recordings.get(stream);
        if (recording == null) {
            throw new GpuException(901, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "the stream is not recorded");
        }
        recordings.values().removeIf(other -> other == recording);
        return graphs.add(recording);
    }

    void launchGraph(long graph, long stream) {
        List<Runnable> work = graphs.get(graph);
        submit(stream, () -> work.forEach(Runnable::run));
    }

    void destroyGraph(long graph) {
        graphs.remove(graph);
    }
}
