package org.jelectra.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The log of a run: one JSON object with a {@code step} per line. Each line is written at once, so that whoever follows the file
 * sees it and a killed run loses nothing. An unfinished last line, as a killed run may leave, is passed over.
 */
public final class JsonLinesLog implements AutoCloseable {

    /** The member that every line has: the number of the step that it tells of. */
    public static final String STEP = "step";

    private static final System.Logger LOG = System.getLogger(JsonLinesLog.class.getName());

    private static final Gson COMPACT = new GsonBuilder().serializeNulls().create();

    private final Path file;
    private final FileChannel channel;

    private JsonLinesLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Opens a log to add lines to; makes the file where there is none, in a folder that must exist. */
    public static JsonLinesLog append(Path file) throws IOException {
        return new JsonLinesLog(file, FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    /** Adds a line. */
    public void write(JsonObject object) throws IOException {
        ByteBuffer line = ByteBuffer.wrap((COMPACT.toJson(object) + "\n").getBytes(UTF_8));
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw AtomicFile.failure(file, e);
        }
    }

    /** Forces all lines to the disk, so that a snapshot written afterwards never knows more than the log. */
    public void force() throws IOException {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw AtomicFile.failure(file, e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /**
     * All lines of a log.
     *
     * @param reader understands a line, or throws IllegalArgumentException
     * @throws NoSuchFileException if there is no log
     * @throws IOException if a line cannot be understood; the message has file and line
     */
    public static <T> List<T> read(Path file, Function<JsonObject, T> reader) throws IOException {
        List<T> lines = new ArrayList<>();
        read(file, Long.MAX_VALUE, false, reader, lines);
        return lines;
    }

    /**
     * Cuts off what a run logged after a step, and an unfinished last line, so that the run can go on from that step without
     * doubling a line. A line that is no JSON, as a power failure may leave, is cut off too, with a warning, where no later one tells
     * of that step or an earlier one. Where there is no log, nothing happens.
     *
     * @param reader understands a line, or throws IllegalArgumentException
     * @return the lines that stay
     * @throws IOException if a line that stays, or one among them, cannot be understood; the message has file and line
     */
    public static <T> List<T> truncate(Path file, long lastStep, Function<JsonObject, T> reader) throws IOException {
        List<T> lines = new ArrayList<>();
        if (Files.exists(file)) {
            int end = read(file, lastStep, true, reader, lines);
            // in place: a copy would need room that a full disk has not
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(end);
            }
        }
        return lines;
    }

    /**
     * Adds the lines up to a step to {@code lines}, and returns the byte that they end before.
     *
     * @param endsAtDamage whether a damaged line behind them ends them
     */
    private static <T> int read(
            Path file, long lastStep, boolean endsAtDamage, Function<JsonObject, T> reader, List<T> lines)
            throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int start = 0;
        for (int at = 0; at < bytes.length; at++) {
            if (bytes[at] == '\n') {
                try {
                    JsonObject object = parse(new String(bytes, start, at - start, UTF_8));
                    if (object.get(STEP).getAsLong() > lastStep) {
                        break;
                    }
                    lines.add(reader.apply(object));
                } catch (IllegalArgumentException e) {
                    String where = file + ":" + (lines.size() + 1) + ": ";
                    if (endsAtDamage && !hasStep(lastStep, new String(bytes, start, bytes.length - start, UTF_8))) {
                        LOG.log(System.Logger.Level.WARNING, where + "damaged from here on, and cut off");
                        break;
                    }
                    throw new IOException(
                            where + e.getMessage() + (endsAtDamage ? "; delete this line to go on without it" : ""), e);
                }
                start = at + 1;
            }
        }
        return start;
    }

    /** Whether a line of the text tells of a step up to {@code lastStep}. */
    private static boolean hasStep(long lastStep, String text) {
        return text.lines().anyMatch(line -> {
            try {
                return parse(line).get(STEP).getAsLong() <= lastStep;
            } catch (IllegalArgumentException e) {
                return false;
            }
        });
    }

    private static JsonObject parse(String line) {
        JsonObject object;
        try {
            object = JsonParser.parseString(line).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException e) {
            throw new IllegalArgumentException("expected a JSON object, got: " + line, e);
        }
        JsonElement step = object.get(STEP);
        if (!Json.isNumber(step) || step.getAsDouble() != step.getAsLong()) {
            throw new IllegalArgumentException("expected an object with a \"step\", got: " + line);
        }
        return object;
    }
}
