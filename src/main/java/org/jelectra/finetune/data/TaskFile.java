package org.jelectra.finetune.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jelectra.finetune.data.TaskSpec.Header;
import org.jelectra.finetune.data.TaskSpec.Kind;
import org.jelectra.finetune.data.TaskSpec.TestFile;
import org.jelectra.finetune.metrics.Metric;
import org.jelectra.io.Json;

/**
 * A user's own task, declared in a small JSON file:
 *
 * <pre>{@code
 * {"name": "topics", "kind": "classification", "text": ["title", "body"], "label": "topic",
 *  "labels": ["sport", "politics"], "metric": "accuracy", "header": true, "epochs": 3,
 *  "train": "train.tsv", "dev": "dev.tsv", "test": "test.tsv"}
 * }</pre>
 *
 * <p>Only {@code text} and {@code label} must be there (for tagging not even these: word first, tag last). Columns are names or
 * indices, negative from the end; one text column or two. {@code kind} is classification, regression or tagging; without
 * {@code labels} they are found in the training file; {@code scale} divides regression targets.
 */
public final class TaskFile {

    private static final Set<String> KEYS = Set.of(
            "name", "kind", "text", "label", "labels", "metric", "header", "epochs", "train", "dev", "test", "scale");

    private TaskFile() {}

    /**
     * Reads a declaration.
     *
     * @throws IOException if the file is malformed, has a key that is not known, or lacks one; the message names file and key
     */
    public static TaskSpec read(Path file) throws IOException {
        JsonObject json = Json.read(file);
        for (String key : json.keySet()) {
            if (!KEYS.contains(key)) {
                throw new IOException(file + ": unknown key \"" + key + "\", expected some of "
                        + KEYS.stream().sorted().toList());
            }
        }
        try {
            return spec(json, file);
        } catch (IllegalArgumentException | IllegalStateException | UnsupportedOperationException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static TaskSpec spec(JsonObject json, Path file) {
        String defaultName = file.getFileName().toString().replaceFirst("\\.json$", "");
        String name = text(json, "name", defaultName);
        Kind kind = Kind.valueOf(
                oneOf(text(json, "kind", "classification"), List.of("classification", "regression", "tagging"))
                        .toUpperCase(Locale.ROOT));
        boolean tagging = kind == Kind.TAGGING;
        String ending = tagging ? ".txt" : ".tsv";
        List<Column> columns = json.has("text") || !tagging ? columns(json) : List.of(Column.at(0));
        Column label = json.has("label") || !tagging ? column(required(json, "label"), "label") : Column.at(-1);
        List<String> labels = new ArrayList<>();
        if (json.has("labels")) {
            array(json.get("labels"), "labels").forEach(element -> labels.add(element.getAsString()));
        }
        Metric metric = Metric.of(
                text(json, "metric", tagging ? "entity_f1" : kind == Kind.REGRESSION ? "spearman" : "accuracy"));
        boolean header = !json.has("header") || json.get("header").getAsBoolean();
        double scale = json.has("scale") ? json.get("scale").getAsDouble() : 1;
        if (!(scale > 0)) {
            throw new IllegalArgumentException("\"scale\" must be positive, got " + scale);
        }
        return new TaskSpec(
                name,
                kind,
                List.of(name),
                columns,
                label,
                List.copyOf(labels),
                scale,
                metric,
                json.has("epochs") ? json.get("epochs").getAsDouble() : 3,
                false,
                false,
                header ? Header.YES : Header.NO,
                text(json, "train", "train" + ending),
                List.of(text(json, "dev", "dev" + ending)),
                List.of(new TestFile(text(json, "test", "test" + ending), name + ".tsv", null)));
    }

    private static List<Column> columns(JsonObject json) {
        JsonElement text = required(json, "text");
        if (!text.isJsonArray()) {
            return List.of(column(text, "text"));
        }
        List<Column> columns = new ArrayList<>();
        text.getAsJsonArray().forEach(element -> columns.add(column(element, "text")));
        return columns;
    }

    private static Column column(JsonElement element, String key) {
        if (!element.isJsonPrimitive()) {
            throw new IllegalArgumentException("\"" + key + "\" must be names or indices of columns, got " + element);
        }
        return element.getAsJsonPrimitive().isNumber()
                ? Column.at(element.getAsInt())
                : Column.named(element.getAsString());
    }

    private static JsonArray array(JsonElement element, String key) {
        if (!element.isJsonArray()) {
            throw new IllegalArgumentException("\"" + key + "\" must be an array, got " + element);
        }
        return element.getAsJsonArray();
    }

    private static JsonElement required(JsonObject json, String key) {
        if (!json.has(key)) {
            throw new IllegalArgumentException("\"" + key + "\" is missing");
        }
        return json.get(key);
    }

    private static String text(JsonObject json, String key, String otherwise) {
        return json.has(key) ? json.get(key).getAsString() : otherwise;
    }

    private static String oneOf(String value, List<String> allowed) {
        if (!allowed.contains(value)) {
            throw new IllegalArgumentException("\"kind\" must be one of " + allowed + ", got " + value);
        }
        return value;
    }
}
