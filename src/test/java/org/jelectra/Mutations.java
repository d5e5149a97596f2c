package org.jelectra;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/** Seeded damage to files, as disks, copies and editors make it. */
public final class Mutations {

    /** How many of each kind of file; other numbers with -Djelectra.mutations=N. */
    public static final int COUNT = Integer.getInteger("jelectra.mutations", 2_000);

    private static final String[] FRAGMENTS = {
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "null",
        "true",
        "-1",
        "0",
        "1e999999999",
        "9223372036854775807",
        "2147483648",
        "99999999999999999999",
        "NaN",
        "\\u0000",
        "[[[[[[[[[[",
        "{\"a\":",
        "\u00e9",
        "1.5",
        "\"\"",
        "{}",
        "[]"
    };

    /** Reads a damaged file. */
    public interface Reader {
        /** Returns if the content is valid after all; throws an IOException that says what is wrong if not. */
        void read(byte[] bytes) throws IOException;
    }

    private Mutations() {}

    /**
     * Feeds {@link #COUNT} damaged versions of a file to a reader. Each must be read or refused by an IOException with a message,
     * within seconds and with at most so much memory.
     *
     * @return how many were refused
     */
    public static int run(byte[] original, long seed, long mostBytes, Reader reader) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int refused = 0;
        for (int i = 0; i < COUNT; i++) {
            Random random = new Random(seed * 10_000 + i);
            byte[] damaged = damage(original, random);
            long before = threads.getCurrentThreadAllocatedBytes();
            long begin = System.nanoTime();
            try {
                reader.read(damaged);
            } catch (IOException e) {
                refused++;
                assertThat(e.getMessage()).as("mutation %d of seed %d", i, seed).isNotBlank();
            } catch (RuntimeException | Error e) {
                throw new AssertionError("mutation " + i + " of seed " + seed + ": " + e, e);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .as("time of mutation %d of seed %d", i, seed)
                    .isLessThan(Duration.ofSeconds(10));
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .as("memory of mutation %d of seed %d", i, seed)
                    .isLessThan(mostBytes);
        }
        return refused;
    }

    /** Puts content in the place of a file. It is removed first: a file system that is written over may wait for the disk each time. */
    public static void replace(Path file, byte[] content) throws IOException {
        Files.deleteIfExists(file);
        Files.write(file, content);
    }

    private static byte[] damage(byte[] original, Random random) {
        byte[] bytes = original;
        int changes = 1 + random.nextInt(3);
        for (int c = 0; c < changes; c++) {
            int at = random.nextInt(bytes.length + 1);
            int end = Math.min(bytes.length, at + 1 + random.nextInt(8));
            byte[] fragment = FRAGMENTS[random.nextInt(FRAGMENTS.length)].getBytes(StandardCharsets.UTF_8);
            bytes = switch (random.nextInt(7)) {
                case 0 -> flipped(bytes, Math.min(at, bytes.length - 1), random);
                case 1 -> Arrays.copyOf(bytes, at);
                case 2 -> replaced(bytes, at, end, new byte[0]);
                case 3 -> replaced(bytes, at, at, fragment);
                case 4 -> replaced(bytes, at, end, fragment);
                case 5 -> replaced(bytes, at, at, Arrays.copyOfRange(bytes, at, end));
                default -> {
                    byte[] noise = new byte[end - at];
                    random.nextBytes(noise);
                    yield replaced(bytes, at, end, noise);
                }
            };
            if (bytes.length == 0) {
                return bytes;
            }
        }
        return bytes;
    }

    private static byte[] flipped(byte[] bytes, int at, Random random) {
        byte[] copy = bytes.clone();
        copy[at] ^= (byte) (1 << random.nextInt(8));
        return copy;
    }

    private static byte[] replaced(byte[] bytes, int from, int to, byte[] by) {
        byte[] result = Arrays.copyOf(bytes, bytes.length - (to - from) + by.length);
        System.arraycopy(by, 0, result, from, by.length);
        System.arraycopy(bytes, to, result, from + by.length, bytes.length - to);
        return result;
    }
}
