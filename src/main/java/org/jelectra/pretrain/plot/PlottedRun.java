package org.jelectra.pretrain.plot;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jelectra.io.Json;
import org.jelectra.io.JsonLinesLog;
import org.jelectra.pretrain.MetricsJson;
import org.jelectra.pretrain.MetricsLog;

/**
 * A run, of pre-training or of a seed of fine-tuning, as one line of a plot.
 *
 * @param label its name in the legend
 * @param steps what it logged, at least one step
 * @param tokensPerStep positions of a batch, padding included; 0 where that is not known
 */
public record PlottedRun(String label, List<Step> steps, long tokensPerStep) {

    /** What tells most about a run of pre-training. */
    private static final List<String> PRETRAINING = List.of(
            "generator_loss",
            "discriminator_loss",
            "main_loss",
            "eval_generator_loss",
            "eval_discriminator_auc",
            "eval_main_loss");

    private static final String SETTINGS = "settings.json";
    private static final String ELAPSED_SECONDS = "elapsed_seconds";
    /** What a line of fine-tuning has: its loss, and with an evaluation the name of the task's main metric. */
    private static final String LOSS = "loss";

    private static final String METRIC = "metric";

    /**
     * What was logged of a step.
     *
     * @param number of the step
     * @param values by their names in the log; NaN where there is none
     * @param mainMetric name of the value that matters most; null where the log names none
     */
    public record Step(long number, Map<String, Double> values, String mainMetric) {

        /** A line of the log. */
        static Step of(JsonObject json) {
            Map<String, Double> values = new LinkedHashMap<>();
            String metric = null;
            for (String name : json.keySet()) {
                JsonPrimitive value = json.get(name) instanceof JsonPrimitive primitive ? primitive : null;
                if (name.equals(METRIC) && value != null && value.isString()) {
                    metric = MetricsJson.EVALUATION + value.getAsString();
                } else if (!name.equals(JsonLinesLog.STEP) && !(value != null && value.isBoolean())) {
                    values.put(name, Json.number(json, name));
                }
            }
            return new Step(json.get(JsonLinesLog.STEP).getAsLong(), values, metric);
        }

        double value(String name) {
            return values.getOrDefault(name, Double.NaN);
        }

        double elapsedSeconds() {
            return value(ELAPSED_SECONDS);
        }
    }

    /**
     * Reads the run in {@code directory}: {@code metrics.jsonl} and, where it exists, {@code settings.json}.
     *
     * @throws IOException if there are no metrics, or a file cannot be understood; the message has file and line
     */
    public static PlottedRun read(Path directory, String label) throws IOException {
        Path log = directory.resolve(MetricsLog.FILE_NAME);
        if (!Files.isRegularFile(log)) {
            throw new IOException(directory + ": expected the directory of a run of 'jelectra pretrain' or 'jelectra"
                    + " finetune', found no " + MetricsLog.FILE_NAME);
        }
        List<Step> steps = JsonLinesLog.read(log, Step::of);
        if (steps.isEmpty()) {
            throw new IOException(log + ": expected at least one line, found none; the run has not logged a step yet");
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

    /** Names of all values that it may have. */
    Set<String> metricNames() {
        Set<String> names = new LinkedHashSet<>(isFineTuning() ? Set.of() : MetricsJson.names());
        steps.forEach(step -> names.addAll(step.values().keySet()));
        return names;
    }

    /** Names of those that tell most about it. */
    Set<String> mainMetrics() {
        Set<String> names = new LinkedHashSet<>(isFineTuning() ? List.of(LOSS) : PRETRAINING);
        steps.stream().filter(step -> step.mainMetric() != null).forEach(step -> names.add(step.mainMetric()));
        return names;
    }

    private boolean isFineTuning() {
        return steps.get(0).values().containsKey(LOSS);
    }
}
