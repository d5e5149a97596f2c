package org.jelectra.finetune;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.io.Json;
import org.jelectra.io.JsonLinesLog;
import org.jelectra.pretrain.MetricsJson;

/**
 * The file {@code metrics.jsonl} of a seed: one line of JSON per report, values of the development set with the prefix
 * {@code eval_}. A value that is not finite is null.
 */
final class ReportLog implements AutoCloseable {

    static final String FILE_NAME = "metrics.jsonl";

    private static final String EVALUATION = MetricsJson.EVALUATION;
    private static final String METRIC = "metric";
    private static final String DEGENERATE = "degenerate";

    private final List<StepReport> reports;
    private final JsonLinesLog lines;

    /** Opens the log of a folder, and cuts off what was logged after a step. */
    ReportLog(Path folder, int lastStep) throws IOException {
        Path file = folder.resolve(FILE_NAME);
        reports = JsonLinesLog.truncate(file, lastStep, ReportLog::read);
        lines = JsonLinesLog.append(file);
    }

    void add(StepReport report) throws IOException {
        reports.add(report);
        lines.write(object(report));
    }

    /** Forces all reports to the disk, so that a snapshot written afterwards never knows more than the log. */
    void force() throws IOException {
        lines.force();
    }

    /** All reports, earlier ones of an interrupted run included. */
    List<StepReport> reports() {
        return reports;
    }

    private static JsonObject object(StepReport report) {
        JsonObject json = new JsonObject();
        json.addProperty(JsonLinesLog.STEP, report.step());
        json.add("epoch", Json.number(report.epoch()));
        json.add("loss", Json.number(report.loss()));
        json.add("gradient_norm", Json.number(report.gradientNorm()));
        json.add("learning_rate", Json.number(report.learningRate()));
        json.add("tokens_per_second", Json.number(report.tokensPerSecond()));
        json.add("elapsed_seconds", Json.number(report.elapsedSeconds()));
        if (report.evaluation() != null) {
            report.evaluation().values().forEach((name, value) -> json.add(EVALUATION + name, Json.number(value)));
            json.addProperty(METRIC, report.evaluation().metric());
            json.addProperty(DEGENERATE, report.evaluation().degenerate());
        }
        return json;
    }

    private static StepReport read(JsonObject json) {
        return new StepReport(
                json.get(JsonLinesLog.STEP).getAsInt(),
                Json.number(json, "epoch"),
                Json.number(json, "loss"),
                Json.number(json, "gradient_norm"),
                Json.number(json, "learning_rate"),
                Json.number(json, "tokens_per_second"),
                Json.number(json, "elapsed_seconds"),
                json.has(METRIC) && json.has(DEGENERATE) ? evaluation(json) : null);
    }

    private static Evaluation evaluation(JsonObject json) {
        Map<String, Double> values = new LinkedHashMap<>();
        for (String name : json.keySet()) {
            if (name.startsWith(EVALUATION)) {
                values.put(name.substring(EVALUATION.length()), Json.number(json, name));
            }
        }
        if (!json.get(METRIC).isJsonPrimitive() || !json.get(DEGENERATE).isJsonPrimitive()) {
            throw new IllegalArgumentException("expected a name and true or false for \"" + METRIC + "\" and \""
                    + DEGENERATE + "\", got " + json.get(METRIC) + " and " + json.get(DEGENERATE));
        }
        return new Evaluation(
                json.get(METRIC).getAsString(), values, json.get(DEGENERATE).getAsBoolean());
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
