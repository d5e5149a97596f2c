package org.jelectra.finetune;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.io.Json;

/**
 * The file {@code metrics.jsonl} of a seed: one line of JSON per report, values of the development set with the prefix
 * {@code eval_}. A value that is not finite is null.
 */
final class ReportLog {

    static final String FILE_NAME = "metrics.jsonl";

    private static final Gson COMPACT = new GsonBuilder().serializeNulls().create();
    private static final String EVALUATION = "eval_";

    private final Path file;
    private final List<StepReport> reports = new ArrayList<>();

    /** Opens the log of a folder, and cuts off what was logged after a step. */
    ReportLog(Path folder, int lastStep) throws IOException {
        this.file = folder.resolve(FILE_NAME);
        if (!Files.exists(file)) {
            return;
        }
        StringBuilder kept = new StringBuilder();
        String text = Files.readString(file, StandardCharsets.UTF_8);
        for (int start = 0, end; (end = text.indexOf('\n', start)) >= 0; start = end + 1) {
            StepReport report = read(Json.parse(text.substring(start, end), file.toString()));
            if (report.step() > lastStep) {
                break;
            }
            reports.add(report);
            kept.append(text, start, end + 1);
        }
        // in place: a copy would need room that a full disk has not
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(kept.toString().getBytes(StandardCharsets.UTF_8).length);
        }
    }

    void add(StepReport report) throws IOException {
        reports.add(report);
        ByteBuffer line = ByteBuffer.wrap((COMPACT.toJson(write(report)) + "\n").getBytes(StandardCharsets.UTF_8));
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE)) {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        }
    }

    /** Forces all lines to the disk, so that a snapshot written afterwards never knows more than the log. */
    void force() throws IOException {
        if (Files.exists(file)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(false);
            }
        }
    }

    /** All reports, earlier ones of an interrupted run included. */
    List<StepReport> reports() {
        return reports;
    }

    private static JsonObject write(StepReport report) {
        JsonObject json = new JsonObject();
        json.addProperty("step", report.step());
        json.add("epoch", number(report.epoch()));
        json.add("loss", number(report.loss()));
        json.add("gradient_norm", number(report.gradientNorm()));
        json.add("learning_rate", number(report.learningRate()));
        json.add("tokens_per_second", number(report.tokensPerSecond()));
        json.add("elapsed_seconds", number(report.elapsedSeconds()));
        if (report.evaluation() != null) {
            report.evaluation().values().forEach((name, value) -> json.add(EVALUATION + name, number(value)));
            json.addProperty("metric", report.evaluation().metric());
            json.addProperty("degenerate", report.evaluation().degenerate());
        }
        return json;
    }

    private static StepReport read(JsonObject json) {
        Map<String, Double> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> entry : json.entrySet()) {
            if (entry.getKey().startsWith(EVALUATION)) {
                values.put(entry.getKey().substring(EVALUATION.length()), value(entry.getValue()));
            }
        }
        return new StepReport(
                json.get("step").getAsInt(),
                value(json.get("epoch")),
                value(json.get("loss")),
                value(json.get("gradient_norm")),
                value(json.get("learning_rate")),
                value(json.get("tokens_per_second")),
                value(json.get("elapsed_seconds")),
                values.isEmpty()
                        ? null
                        : new Evaluation(
                                json.get("metric").getAsString(),
                                values,
                                json.get("degenerate").getAsBoolean()));
    }

    /** A number, or null where it is not finite: JSON has no NaN. */
    static JsonElement number(double value) {
        return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
    }

    private static double value(JsonElement element) {
        return element == null || element.isJsonNull() ? Double.NaN : element.getAsDouble();
    }
}
