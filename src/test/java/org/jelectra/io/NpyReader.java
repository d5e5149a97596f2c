package org.jelectra.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the arrays that {@link NpyWriter} writes, by the format's description and not by the writer's code.
 *
 * @param type element type
 * @param shape as the header has it
 * @param data elements
 */
public record NpyReader(String type, int[] shape, ByteBuffer data) {

    private static final Pattern HEADER = Pattern.compile(
            "\\{'descr': '([^']*)', 'fortran_order': False, 'shape': \\(([0-9]+),(?: ([0-9]+))?\\), \\} *\n");

    /** Reads a file. */
    public static NpyReader read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[8];
        bytes.get(magic);
        assertThat(magic).containsExactly(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0);
        byte[] header = new byte[Short.toUnsignedInt(bytes.getShort())];
        assertThat((10 + header.length) % 64).isZero();
        bytes.get(header);
        Matcher matcher = HEADER.matcher(new String(header, StandardCharsets.US_ASCII));
        assertThat(matcher.matches())
                .as(new String(header, StandardCharsets.US_ASCII))
                .isTrue();
        int rows = Integer.parseInt(matcher.group(2));
        int[] shape =
                matcher.group(3) == null ? new int[] {rows} : new int[] {rows, Integer.parseInt(matcher.group(3))};
        NpyReader reader = new NpyReader(matcher.group(1), shape, bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
        int elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        assertThat(reader.data.remaining())
                .isEqualTo(elements * (matcher.group(1).equals("<i8") ? 8 : 4));
        return reader;
    }

    /** All elements of a float32 array. */
    public float[] floats() {
        assertThat(type).isEqualTo("<f4");
        float[] values = new float[data.remaining() / Float.BYTES];
        data.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    /** All elements of an int64 array. */
    public long[] longs() {
        assertThat(type).isEqualTo("<i8");
        long[] values = new long[data.remaining() / Long.BYTES];
        data.duplicate().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(values);
        return values;
    }
}
