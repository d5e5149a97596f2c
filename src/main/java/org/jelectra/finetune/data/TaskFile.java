package org.jelectra.finetune.data;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jelectra.finetune.data.TaskSpec.Header;
import org.jelectra.finetune.data.TaskSpec.Kind;
import org.jelectra.finetune.data.TaskSpec.TestFile;
import org.jelectra.finetune.metrics.Metric;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;
import org.jelectra.text.rows.RowFormat;

/**
 * A user's own task, declared in a small JSON file:
 *
 * <pre>{@code
 * {"name": "topics", "kind": "classification", "text": ["title", "body"], "label": "topic",
 *  "labels": ["sport", "politics"], "metric": "accuracy", "header": true, "epochs": 3,
 *  "train": "train.tsv", "dev": "dev.tsv", "test": "test.tsv"}
 * {"text": "body", "label": "topic", "train": "all.csv", "dev_fraction": 0.1}
 * }</pre>
 *
 * <p>Only {@code text} and {@code label} must be there (for tagging not even these: word first, tag last). Columns are names or
 * indices, negative from the end; one text column or two. {@code kind} is classification, multilabel, regression or tagging; of
 * multilabel {@code separator} divides the labels in a cell ({@code |} by default); without {@code labels} they are found in the
 * training file; {@code scale} divides regression targets. Tagged files have no {@code header} and no {@code test} without tags.
 * The defaults of {@code dev} and {@code test} end as {@code train} does ({@link RowFormat#ending}); JSON objects have no
 * {@code header}. {@code dev_fraction} takes the place of {@code dev}.
 */
public final class TaskFile {

    private static final String HELD_OUT = "dev_fraction";
    private static final String SEPARATOR = "separator";
    private static final String DEFAULT_SEPARATOR = "|";

    private static final Set<String> KEYS = Set.of(
            "name", "kind", "text", "label", "labels", "metric", "header", "epochs", "train", "dev", HELD_OUT, "test",
            "scale", SEPARATOR);
    /** What a tagging task has not: its files have a tag behind every word, and begin with a word. */
    private static final List<String> NOT_FOR_TAGGING = List.of("header", "test");

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
            return spec(new JsonFields(json, file.toString()), file);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static TaskSpec spec(JsonFields json, Path file) throws IOException {
        String defaultName = file.getFileName().toString().replaceFirst("\\.json$", "");
        String name = text(json, "name", defaultName);
        Kind kind = kind(json);
        boolean tagging = kind == Kind.TAGGING;
        for (String key : tagging ? NOT_FOR_TAGGING : List.<String>of()) {
            if (json.has(key)) {
                throw json.wrong(
                        key,
                        "no such key in a task of kind tagging",
                        json.object().get(key));
            }
        }
        if (kind != Kind.MULTILABEL && json.has(SEPARATOR)) {
            throw json.wrong(
                    SEPARATOR,
                    "no such key in a task of kind " + kind.label(),
                    json.object().get(SEPARATOR));
        }
        String train = text(json, "train", tagging ? "train.txt" : "train.tsv");
        String ending = tagging ? ".txt" : RowFormat.ending(Path.of(train));
        if (RowFormat.of(Path.of(train)) == RowFormat.JSONL && json.has("header")) {
            throw json.wrong(
                    "header",
                    "no such key where " + train + " has JSON objects",
                    json.object().get("header"));
        }
        HeldOut heldOut = heldOut(json);
        Metric metric = Metric.of(text(json, "metric", kind.metrics().get(0).label()));
        double scale = json.has("scale") ? json.number("scale") : 1;
        if (!(scale > 0)) {
            throw json.wrong("scale", "a positive number", scale);
        }
        return new TaskSpec(
                name,
                kind,
                List.of(name),
                json.has("text") || !tagging ? columns(json) : List.of(Column.at(0)),
                json.has("label") || !tagging ? column(json, "label", required(json, "label")) : Column.at(-1),
                labels(json),
                kind == Kind.MULTILABEL ? text(json, SEPARATOR, DEFAULT_SEPARATOR) : null,
                scale,
                metric,
                json.has("epochs") ? json.number("epochs") : 3,
                false,
                false,
                !tagging && (!json.has("header") || json.flag("header")) ? Header.YES : Header.NO,
                train,
                heldOut == null ? List.of(text(json, "dev", "dev" + ending)) : List.of(),
                heldOut,
                tagging ? List.of() : List.of(new TestFile(text(json, "test", "test" + ending), name + ".tsv", null)));
    }

    /** Null where there is a development file. */
    private static HeldOut heldOut(JsonFields json) throws IOException {
        if (!json.has(HELD_OUT)) {
            return null;
        }
        double fraction = json.number(HELD_OUT);
        if (!(fraction > 0 && fraction < 1)) {
            throw json.wrong(HELD_OUT, "a fraction between 0 and 1", fraction);
        }
        if (json.has("dev")) {
            throw json.wrong(
                    "dev",
                    "no such key beside \"" + HELD_OUT + "\"",
                    json.object().get("dev"));
        }
        return new HeldOut(fraction, HeldOut.SEED);
    }

    private static Kind kind(JsonFields json) throws IOException {
        String kind = text(json, "kind", "classification");
        List<String> kinds = Arrays.stream(Kind.values()).map(Kind::label).toList();
        if (!kinds.contains(kind)) {
            throw json.wrong("kind", "one of " + kinds, kind);
        }
        return Kind.valueOf(kind.toUpperCase(Locale.ROOT));
    }

    private static List<String> labels(JsonFields json) throws IOException {
        List<String> labels = new ArrayList<>();
        if (json.has("labels")) {
            for (JsonElement label : json.array("labels")) {
                if (!label.isJsonPrimitive()) {
                    throw json.wrong("labels", "an array of names", label);
                }
                String name = label.getAsString().strip(); // as cells are
                if (!ExampleFile.isCell(name)) {
                    throw json.wrong("labels", "names without tabs and line breaks", label);
                }
                if (name.isEmpty() || labels.contains(name)) {
                    throw json.wrong("labels", "names that differ, none blank", label);
                }
                labels.add(name);
            }
        }
        return List.copyOf(labels);
    }

    private static List<Column> columns(JsonFields json) throws IOException {
        JsonElement text = required(json, "text");
        if (!text.isJsonArray()) {
            return List.of(column(json, "text", text));
        }
        List<Column> columns = new ArrayList<>();
        for (JsonElement element : text.getAsJsonArray()) {
            columns.add(column(json, "text", element));
        }
        return columns;
    }

    private static Column column(JsonFields json, String key, JsonElement value) throws IOException {
        JsonPrimitive primitive = value.isJsonPrimitive() ? value.getAsJsonPrimitive() : new JsonPrimitive(false);
        if (primitive.isString()) {
            return Column.named(primitive.getAsString());
        }
        if (!primitive.isNumber() || !primitive.getAsString().matches("-?\\d{1,6}")) {
            throw json.wrong(key, "names or indices of columns", value);
        }
        return Column.at(primitive.getAsInt());
    }

    private static JsonElement required(JsonFields json, String key) {
        if (!json.has(key)) {
            throw new IllegalArgumentException("\"" + key + "\" is missing");
        }
        return json.object().get(key);
    }

    private static String text(JsonFields json, String key, String otherwise) throws IOException {
        return json.has(key) ? json.text(key) : otherwise;
    }
}
