package org.jelectra.backend.cuda;

import org.jelectra.backend.Stopwatch;
import org.jelectra.gpu.Event;
import org.jelectra.gpu.Gpu;

/** Two events in the stream: what lies between them is timed by the device, without the host's part in it. */
final class EventStopwatch implements Stopwatch {

    private final Gpu gpu;
    private final Event begin;
    private final Event end;

    EventStopwatch(Gpu gpu) {
        this.gpu = gpu;
        begin = gpu.createEvent();
        end = gpu.createEvent();
    }

    @Override
    public void start() {
        begin.record(gpu.stream());
    }

    @Override
    public void stop() {
        end.record(gpu.stream());
    }

    @Override
    public double microseconds() {
        end.synchronize();
        return 1e3 * end.millisecondsSince(begin);
    }
}
