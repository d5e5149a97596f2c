package org.jelectra.pretrain;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.io.JsonLinesLog;

/** The file {@code metrics.jsonl} of a run: one JSON object per logged step, one per line; see {@link JsonLinesLog}. */
public final class MetricsLog implements AutoCloseable {

    /** Name of the file in the run's directory. */
    public static final String FILE_NAME = "metrics.jsonl";

    private final JsonLinesLog lines;

    private MetricsLog(JsonLinesLog lines) {
        this.lines = lines;
    }

    /** Opens the log of the run in {@code directory}, which must exist; appends where there is one already. */
    public static MetricsLog append(Path directory) throws IOException {
        return new MetricsLog(JsonLinesLog.append(directory.resolve(FILE_NAME)));
    }

    /**
     * Cuts off what a run logged after a step, so that it can go on from that step.
     *
     * @param lastStep -1 where it begins anew
     * @return the steps that stay; none where there is no log
     * @throws IOException if a line that stays cannot be understood
     */
    public static List<StepMetrics> truncate(Path directory, long lastStep) throws IOException {
        return JsonLinesLog.truncate(directory.resolve(FILE_NAME), lastStep, MetricsJson::read);
    }

    /**
     * All steps of the log in {@code directory}.
     *
     * @throws NoSuchFileException if there is no log
     * @throws IOException if a line cannot be understood; the message has file and line
     */
    public static List<StepMetrics> read(Path directory) throws IOException {
        return JsonLinesLog.read(directory.resolve(FILE_NAME), MetricsJson::read);
    }

    /** Adds a line. */
    public void write(StepMetrics metrics) throws IOException {
        lines.write(MetricsJson.object(metrics));
    }

    /** Forces all lines to the disk, so that a snapshot written afterwards never knows more than the log. */
    public void force() throws IOException {
        lines.force();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
