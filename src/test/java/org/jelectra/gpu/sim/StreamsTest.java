package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.Event;
import org.jelectra.gpu.GpuException;
import org.jelectra.gpu.GpuGraph;
import org.jelectra.gpu.PinnedMemory;
import org.jelectra.gpu.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Several streams: what orders them, and what a recording of them must be. */
class StreamsTest {

    @AutoClose
    private final SimulatorBench bench =
            new SimulatorBench(SimulatorOptions.defaults().withLateWork(true));

    private final Stream one = bench.gpu.stream();
    private final Stream other = bench.gpu.createStream();
    private final Event event = bench.gpu.createEvent();
    private final Event second = bench.gpu.createEvent();

    @Test
    void eventsAloneOrderStreams() {
        DeviceMemory memory = bench.gpu.allocate(4);
        memory.fill(0, 1, 1, one);
        one.synchronize();
        PinnedMemory host = bench.gpu.allocatePinned(4);

        memory.fill(0, 2, 1, one);
        memory.download(0, host.buffer(), other);
        other.synchronize();
        assertThat(host.buffer().getInt(0)).as("nothing has been waited for").isEqualTo(1);

        event.record(one);
        memory.fill(0, 3, 1, one);
        other.waitFor(event);
        memory.download(0, host.buffer(), other);
        other.synchronize();
        assertThat(host.buffer().getInt(0)).as("what lies before the event").isEqualTo(2);

        event.record(other);
        one.waitFor(event);
        memory.download(0, host.buffer(), one);
        second.record(one);
        second.synchronize();
        assertThat(host.buffer().getInt(0)).as("all of the stream").isEqualTo(3);
        assertThat(second.millisecondsSince(event)).isNotNegative();
    }

    @Test
    void anEventThatNobodyHasRecordedOrdersNothing() {
        other.waitFor(event);
        event.synchronize();
        assertThat(one.capture(() -> one.waitFor(event))).isNotNull();
    }

    @Test
    void theWorkOfAStreamThatIsDestroyedIsDone() {
        DeviceMemory memory = bench.ints(1);
        one.synchronize();
        memory.fill(0, 7, 1, other);
        event.record(other);
        other.close();
        event.synchronize();
        PinnedMemory host = bench.gpu.allocatePinned(4);
        memory.download(0, host.buffer(), one);
        one.synchronize();
        assertThat(host.buffer().getInt(0)).isEqualTo(7);
    }

    private GpuException failure(Runnable work) {
        GpuException exception = catchThrowableOfType(GpuException.class, () -> one.capture(work));
        assertThat(exception).as("it was recorded").isNotNull();
        return exception;
    }

    @Test
    void workThatIsNotJoined() {
        DeviceMemory memory = bench.ints(1);
        assertThat(failure(() -> {
                            event.record(one);
                            other.waitFor(event);
                            memory.fill(0, 2, 1, other);
                            second.record(other);
                            memory.fill(0, 3, 1, other);
                            one.waitFor(second);
                        })
                        .code())
                .isEqualTo(904);
        GpuGraph joined = one.capture(() -> {
            event.record(one);
            other.waitFor(event);
            memory.fill(0, 4, 1, other);
            event.record(other);
            one.waitFor(event);
        });
        joined.launch(one);
        PinnedMemory host = bench.gpu.allocatePinned(4);
        memory.download(0, host.buffer(), one);
        one.synchronize();
        assertThat(host.buffer().getInt(0)).isEqualTo(4);
    }

    @Test
    void workThatIsJoinedByWayOfAThirdStream() {
        Stream third = bench.gpu.createStream();
        DeviceMemory memory = bench.ints(1);
        GpuGraph graph = one.capture(() -> {
            event.record(one);
            other.waitFor(event);
            memory.fill(0, 2, 1, other);
            second.record(other);
            third.waitFor(second);
            second.record(third);
            one.waitFor(second);
        });
        assertThat(graph).isNotNull();
    }

    @Test
    void anEventFromOutsideOfTheRecording() {
        event.record(other);
        assertThat(failure(() -> one.waitFor(event)).code()).isEqualTo(905);
        one.synchronize();
    }

    @Test
    void anEventOfARecordingThatHasEnded() {
        one.capture(() -> event.record(one));
        assertThatThrownBy(() -> other.waitFor(event))
                .isInstanceOf(GpuException.class)
                .hasMessageContaining("recorded with a graph");
    }

    @Test
    void aRecordingEndsWhereItBegan() {
        try (SimulatedDriver driver = new SimulatedDriver()) {
            long first = driver.createStream();
            long forked = driver.createStream();
            long fork = driver.createEvent();
            driver.beginCapture(first);
            driver.recordEvent(fork, first);
            driver.waitForEvent(fork, forked);
            GpuException unmatched = catchThrowableOfType(GpuException.class, () -> driver.endCapture(forked));
            assertThat(unmatched.code()).isEqualTo(903);
            assertThat(driver.endCapture(first)).isPositive();
            driver.beginCapture(first);
            driver.beginCapture(forked);
            driver.recordEvent(fork, first);
            GpuException merged = catchThrowableOfType(GpuException.class, () -> driver.waitForEvent(fork, forked));
            assertThat(merged.code()).isEqualTo(902);
        }
    }
}
