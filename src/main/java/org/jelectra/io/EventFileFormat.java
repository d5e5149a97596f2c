package org.jelectra.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * What a TensorBoard event file is made of, everything little-endian. A record is the length n of its data (64 bits), the masked
 * CRC-32C of these 8 bytes, n bytes of data, and the data's masked CRC-32C. The data is a message {@code Event} in the encoding
 * of Protocol Buffers. Source: TensorFlow's {@code lib/io/record_writer.h}, {@code util/event.proto} and
 * {@code framework/summary.proto}.
 */
final class EventFileFormat {

    /** Bytes before the data of a record, and after. */
    static final int HEADER_BYTES = 12;

    static final int FOOTER_BYTES = 4;

    private static final String VERSION = "brain.Event:2";

    // numbers of fields
    private static final int EVENT_WALL_TIME = 1;
    private static final int EVENT_STEP = 2;
    private static final int EVENT_FILE_VERSION = 3;
    private static final int EVENT_SUMMARY = 5;
    private static final int EVENT_SESSION_LOG = 7;
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE_VALUE = 2;
    private static final int SESSION_LOG_STATUS = 1;

    private static final int SESSION_START = 1;

    private EventFileFormat() {}

    /** Data of the first event of a file. */
    static byte[] version(double wallTime) {
        ProtobufMessage event = new ProtobufMessage();
        event.fixed64(EVENT_WALL_TIME, Double.doubleToLongBits(wallTime));
        event.text(EVENT_FILE_VERSION, VERSION);
        return event.toByteArray();
    }

    /** Data of the event that tells a reader to forget what it knows of this step and later ones. */
    static byte[] sessionStart(double wallTime, long step) {
        ProtobufMessage session = new ProtobufMessage();
        session.varint(SESSION_LOG_STATUS, SESSION_START);
        ProtobufMessage event = new ProtobufMessage();
        event.fixed64(EVENT_WALL_TIME, Double.doubleToLongBits(wallTime));
        event.varint(EVENT_STEP, step);
        event.message(EVENT_SESSION_LOG, session);
        return event.toByteArray();
    }

    /** Data of an event with values of a step. */
    static byte[] scalars(double wallTime, long step, Map<String, Double> values) {
        ProtobufMessage summary = new ProtobufMessage();
        values.forEach((tag, scalar) -> {
            ProtobufMessage value = new ProtobufMessage();
            value.text(VALUE_TAG, tag);
            value.fixed32(VALUE_SIMPLE_VALUE, Float.floatToIntBits(scalar.floatValue()));
            summary.message(SUMMARY_VALUE, value);
        });
        ProtobufMessage event = new ProtobufMessage();
        event.fixed64(EVENT_WALL_TIME, Double.doubleToLongBits(wallTime));
        event.varint(EVENT_STEP, step);
        event.message(EVENT_SUMMARY, summary);
        return event.toByteArray();
    }

    /** The record of some data. */
    static ByteBuffer record(byte[] data) {
        ByteBuffer record =
                ByteBuffer.allocate(HEADER_BYTES + data.length + FOOTER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length);
        record.putInt(MaskedChecksum.of(record.array(), 0, Long.BYTES));
        record.put(data).putInt(MaskedChecksum.of(data, 0, data.length));
        return record.flip();
    }

    /**
     * The step of an event, 0 where it has none: the field comes after the wall time, as all events of {@link EventFile} have
     * it.
     */
    static long step(byte[] event) {
        int at = 1 + Long.BYTES;
        if (event.length <= at || event[at] != ProtobufMessage.varintTag(EVENT_STEP)) {
            return 0;
        }
        long step = 0;
        for (int shift = 0; shift < Long.SIZE && ++at < event.length; shift += 7) {
            step |= (long) (event[at] & 0x7f) << shift;
            if (event[at] >= 0) {
                break;
            }
        }
        return step;
    }
}
