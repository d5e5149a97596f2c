package org.jelectra.io.tensorflow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A place in some bytes of a file; whoever reads beyond their end is told that the file is malformed. */
final class ByteCursor {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final ByteBuffer bytes;
    private final String where;

    /**
     * From the first byte.
     *
     * @param where what to call the bytes in a message: the file, and their place there
     */
    ByteCursor(byte[] bytes, String where) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.where = where;
    }

    boolean hasMore() {
        return bytes.hasRemaining();
    }

    /** Seven bits a byte, the lowest first, as LevelDB and Protocol Buffers write integers. */
    long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            require(1);
            byte next = bytes.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw malformed("a number takes more than 10 bytes");
    }

    byte[] bytes(long count) throws IOException {
        require(count);
        byte[] taken = new byte[(int) count];
        bytes.get(taken);
        return taken;
    }

    /** A message of Protocol Buffers in these bytes, from here to their end: each field in turn. */
    void fields(FieldConsumer consumer) throws IOException {
        while (hasMore()) {
            long tag = varint();
            if (tag >>> 3 > Integer.MAX_VALUE) {
                throw malformed("a field has the number " + (tag >>> 3));
            }
            int field = (int) (tag >>> 3);
            switch ((int) tag & 7) {
                case VARINT -> consumer.accept(field, varint(), null);
                case FIXED64 -> {
                    require(Long.BYTES);
                    consumer.accept(field, bytes.getLong(), null);
                }
                case BYTES -> consumer.accept(field, 0, new ByteCursor(bytes(varint()), where));
                case FIXED32 -> {
                    require(Integer.BYTES);
                    consumer.accept(field, bytes.getInt(), null);
                }
                default -> throw malformed("a field has the unknown wire type " + (tag & 7));
            }
        }
    }

    /** Takes a field. */
    @FunctionalInterface
    interface FieldConsumer {
        /**
         * A field of a message.
         *
         * @param number the value, where it is a number
         * @param message the value, where it is a message or a string; else null
         */
        void accept(int field, long number, ByteCursor message) throws IOException;
    }

    private void require(long count) throws IOException {
        if (count < 0 || count > bytes.remaining()) {
            throw malformed("expected " + Long.toUnsignedString(count) + " more bytes after the first "
                    + bytes.position() + ", found " + bytes.remaining());
        }
    }

    IOException malformed(String how) {
        return new IOException(where + ": malformed: " + how);
    }
}
