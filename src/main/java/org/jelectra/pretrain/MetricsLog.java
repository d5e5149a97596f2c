package org.jelectra.pretrain;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The file {@code metrics.jsonl} of a run: one JSON object per logged step, one per line. Each line is written
 * at once, so that whoever follows the file sees it and a killed run loses nothing.
 */
public final class MetricsLog implements AutoCloseable {

    /** Name of the file in the run's directory. */
    public static final String FILE_NAME = "metrics.jsonl";

    private final FileChannel channel;

    private MetricsLog(FileChannel channel) {
        this.channel = channel;
    }

    /** Opens the log of the run in {@code directory}, which must exist; appends where there is one already. */
    public static MetricsLog append(Path directory) throws IOException {
        return new MetricsLog(
                FileChannel.open(directory.resolve(FILE_NAME), StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    /**
     * Cuts off what a run logged after a step, and an unfinished last line, so that the run can go on from that step without
     * doubling a line. Where there is no log, nothing happens.
     *
     * @return the steps that stay
     * @throws IOException if a line that stays cannot be understood
     */
    public static List<StepMetrics> truncate(Path directory, long lastStep) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        if (!Files.exists(file)) {
            return new ArrayList<>();
        }
        List<StepMetrics> kept = new ArrayList<>();
        byte[] bytes = Files.readAllBytes(file);
        int start = 0;
        for (int at = 0; at < bytes.length; at++) {
            if (bytes[at] == '\n') {
                StepMetrics metrics =
                        parse(file, kept.size() + 1, new String(bytes, start, at - start, StandardCharsets.UTF_8));
                if (metrics.step() > lastStep) {
                    break;
                }
                kept.add(metrics);
                start = at + 1;
            }
        }
        // in place: a copy would need room that a full disk has not
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(start);
        }
        return kept;
    }

    /** Adds a line. */
    public void write(StepMetrics metrics) throws IOException {
        ByteBuffer line = ByteBuffer.wrap((MetricsJson.write(metrics) + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
            channel.write(line);
        }
    }

    /** Forces all lines to the disk, so that a snapshot written afterwards never knows more than the log. */
    public void force() throws IOException {
        channel.force(false);
    }

    /**
     * All steps of the log in {@code directory}. An unfinished last line, as a killed run may leave, is passed over.
     *
     * @throws NoSuchFileException if there is no log
     * @throws IOException if a line cannot be understood; the message has file and line
     */
    public static List<StepMetrics> read(Path directory) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        String text = Files.readString(file, StandardCharsets.UTF_8);
        List<StepMetrics> steps = new ArrayList<>();
        int line = 1;
        for (int start = 0, end; (end = text.indexOf('\n', start)) >= 0; start = end + 1, line++) {
            steps.add(parse(file, line, text.substring(start, end)));
        }
        return steps;
    }

    private static StepMetrics parse(Path file, int line, String text) throws IOException {
        try {
            return MetricsJson.read(text);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ":" + line + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
