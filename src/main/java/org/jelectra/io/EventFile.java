package org.jelectra.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A file of scalars over steps that TensorBoard shows: {@code events.out.tfevents.SECONDS.jelectra}. Each event is written at
 * once. A run that goes on opens a file of its own; a directory may hold any number of them.
 */
public final class EventFile implements AutoCloseable {

    private static final Pattern NAME = Pattern.compile("events\\.out\\.tfevents\\.(\\d{10,18})\\.jelectra");
    /** Far more than any event of this class; a longer one is damage. */
    private static final int MAX_EVENT_BYTES = 1 << 20;

    private final Path file;
    private final FileChannel channel;

    private EventFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Creates a file in an existing directory.
     *
     * @param seconds now, since 1970; readers order files by it, so where there is a file of this second, or of a later one because the
     *     clock went back, it counts as later
     * @param lastStep step that the run stands at; later ones that a reader has seen in other files are void
     */
    public static EventFile create(Path directory, double seconds, long lastStep) throws IOException {
        for (long second = Math.max((long) seconds, lastSecond(directory) + 1); ; second++) {
            Path file = directory.resolve(String.format(Locale.ROOT, "events.out.tfevents.%010d.jelectra", second));
            try {
                EventFile events = new EventFile(
                        file, FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
                events.write(EventFileFormat.version(seconds));
                events.write(EventFileFormat.sessionStart(seconds, lastStep + 1));
                return events;
            } catch (FileAlreadyExistsException e) {
                continue;
            }
        }
    }

    /**
     * Adds the values of a step.
     *
     * @param seconds now, since 1970
     * @param values by tag; {@code a/b} shows b in group a. They are stored in single precision
     */
    public void add(double seconds, long step, Map<String, Double> values) throws IOException {
        write(EventFileFormat.scalars(seconds, step, values));
    }

    private void write(byte[] event) throws IOException {
        ByteBuffer record = EventFileFormat.record(event);
        try {
            while (record.hasRemaining()) {
                channel.write(record);
            }
        } catch (IOException e) {
            throw AtomicFile.failure(file, e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static long lastSecond(Path directory) throws IOException {
        long last = -1;
        for (Path file : list(directory)) {
            Matcher name = NAME.matcher(file.getFileName().toString());
            last = name.matches() ? Math.max(last, Long.parseLong(name.group(1))) : last;
        }
        return last;
    }

    /** The files of this class in a directory, in the order of their seconds. */
    public static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(
                            file -> NAME.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        }
    }

    /**
     * Cuts from all files of a directory what comes after a step, and an unfinished last event, so that the run can go on from
     * that step and no reader sees a step twice. What every file begins with stays.
     *
     * @param lastStep -1 where the run begins anew
     */
    public static void truncate(Path directory, long lastStep) throws IOException {
        for (Path file : list(directory)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                channel.truncate(end(channel, lastStep));
            }
        }
    }

    /** Where the events up to {@code lastStep} end. */
    private static long end(FileChannel channel, long lastStep) throws IOException {
        long end = 0;
        for (byte[] event; (event = read(channel, end)) != null; ) {
            if (end > 0 && EventFileFormat.step(event) > lastStep) {
                break;
            }
            end += EventFileFormat.HEADER_BYTES + event.length + EventFileFormat.FOOTER_BYTES;
        }
        return end;
    }

    /** The data of the record at {@code position}; null where there is none that is whole. */
    private static byte[] read(FileChannel channel, long position) throws IOException {
        byte[] header = read(channel, position, EventFileFormat.HEADER_BYTES);
        if (header == null) {
            return null;
        }
        ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        long length = fields.getLong();
        if (length < 0 || length > MAX_EVENT_BYTES || fields.getInt() != MaskedChecksum.of(header, 0, Long.BYTES)) {
            return null;
        }
        byte[] event = read(channel, position + EventFileFormat.HEADER_BYTES, (int) length);
        byte[] footer = read(channel, position + EventFileFormat.HEADER_BYTES + length, EventFileFormat.FOOTER_BYTES);
        boolean whole = footer != null
                && ByteBuffer.wrap(footer).order(ByteOrder.LITTLE_ENDIAN).getInt()
                        == MaskedChecksum.of(event, 0, event.length);
        return whole ? event : null;
    }

    private static byte[] read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, position + bytes.position()) < 0) {
                return null;
            }
        }
        return bytes.array();
    }
}
