package org.jelectra.pretrain.plot;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.io.Json;
import org.jelectra.pretrain.MetricsLog;
import org.jelectra.pretrain.StepMetrics;

/**
 * A run as one line of a plot.
 *
 * @param label its name in the legend
 * @param steps what it logged, at least one step
 * @param tokensPerStep positions of a batch, padding included; 0 where that is not known
 */
public record PlottedRun(String label, List<StepMetrics> steps, long tokensPerStep) {

    private static final String SETTINGS = "settings.json";

    /**
     * Reads the run in {@code directory}: {@code metrics.jsonl} and, where it exists, {@code settings.json}.
     *
     * @throws IOException if there are no metrics, or a file cannot be understood; the message has file and line
     */
    public static PlottedRun read(Path directory, String label) throws IOException {
        if (!Files.isRegularFile(directory.resolve(MetricsLog.FILE_NAME))) {
            throw new IOException(directory + ": expected the directory of a run of 'jelectra pretrain', found no "
                    + MetricsLog.FILE_NAME);
        }
        List<StepMetrics> steps = MetricsLog.read(directory);
        if (steps.isEmpty()) {
            throw new IOException(directory.resolve(MetricsLog.FILE_NAME)
                    + ": expected at least one line, found none; the run has not logged a step yet");
        }
        Path settings = directory.resolve(SETTINGS);
        return new PlottedRun(label, steps, Files.exists(settings) ? tokensPerStep(settings) : 0);
    }

    private static long tokensPerStep(Path file) throws IOException {
        JsonObject json = Json.read(file);
        try {
            JsonObject settings = json.getAsJsonObject("settings");
            return settings.get("batchSize").getAsLong()
                    * settings.get("sequenceLength").getAsLong();
        } catch (RuntimeException e) {
            throw new IOException(
                    file + ": expected \"settings\" with the numbers \"batchSize\" and \"sequenceLength\"", e);
        }
    }
}
