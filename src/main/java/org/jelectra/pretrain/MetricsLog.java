package org.jelectra.pretrain;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The file {@code metrics.jsonl} of a run: one JSON object per logged step, one per line. Each line is flushed, so that
 * whoever follows the file sees it at once and a killed run loses nothing.
 */
public final class MetricsLog implements AutoCloseable {

    /** Name of the file in the run's directory. */
    public static final String FILE_NAME = "metrics.jsonl";

    private final BufferedWriter writer;

    private MetricsLog(BufferedWriter writer) {
        this.writer = writer;
    }

    /** Opens the log of the run in {@code directory}, which must exist; appends where there is one already. */
    public static MetricsLog append(Path directory) throws IOException {
        return new MetricsLog(Files.newBufferedWriter(
                directory.resolve(FILE_NAME),
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND));
    }

    /** Adds a line. */
    public void write(StepMetrics metrics) throws IOException {
        writer.write(MetricsJson.write(metrics));
        writer.write('\n');
        writer.flush();
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
            try {
                steps.add(MetricsJson.read(text.substring(start, end)));
            } catch (IllegalArgumentException e) {
                throw new IOException(file + ":" + line + ": " + e.getMessage(), e);
            }
        }
        return steps;
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
