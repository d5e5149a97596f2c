package org.jelectra.finetune.tasks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jelectra.finetune.data.Example;
import org.jelectra.finetune.data.ExampleFile;
import org.jelectra.finetune.data.GlueTasks;
import org.jelectra.finetune.data.TaskFolder;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.inference.batch.SequencePredictor;
import org.jelectra.io.AtomicFile;
import org.jelectra.io.Json;

/**
 * Writes a sentence task's predictions: for development files {@code predictions-NAME.tsv} and {@code .json} with label and
 * scores, for test files the same without label and GLUE's submission, columns {@code index} and {@code prediction}. Numbers
 * are in the units of the training file.
 */
final class SequencePredictions {

    /** More decimal digits than a double holds. */
    private static final int EXACT_DIGITS = 17;

    private final TaskData data;
    private final boolean regression;
    private final Path folder;
    private final List<String> written = new ArrayList<>();

    SequencePredictions(TaskData data, Path folder) {
        this.data = data;
        this.folder = folder;
        regression = data.spec().kind() == TaskSpec.Kind.REGRESSION;
    }

    void development(ExampleFile file, List<float[]> outputs) throws IOException {
        write(file, outputs, true);
    }

    void test(TaskData.Test test, List<float[]> outputs) throws IOException {
        write(test.examples(), outputs, false);
        StringBuilder text = new StringBuilder("index\tprediction\n");
        for (int i = 0; i < outputs.size(); i++) {
            text.append(test.examples().indices().get(i))
                    .append('\t')
                    .append(submitted(outputs.get(i)))
                    .append('\n');
        }
        write(test.name().submission(), text);
    }

    private void write(ExampleFile file, List<float[]> outputs, boolean labelled) throws IOException {
        String name = TaskFolder.baseName(file.file());
        StringBuilder text = new StringBuilder(labelled ? "index\tprediction\tlabel" : "index\tprediction");
        for (String label : regression ? List.<String>of() : data.labels()) {
            text.append("\tscore ").append(label);
        }
        text.append('\n');
        JsonArray rows = new JsonArray();
        for (int i = 0; i < outputs.size(); i++) {
            Example example = file.examples().get(i);
            JsonObject row = new JsonObject();
            row.addProperty("index", file.indices().get(i));
            addValue(row, "prediction", prediction(outputs.get(i)));
            text.append(file.indices().get(i)).append('\t').append(prediction(outputs.get(i)));
            if (labelled) {
                String label = label(example);
                addValue(row, "label", label);
                text.append('\t').append(label);
            }
            if (!regression) {
                JsonObject scores = new JsonObject();
                for (int k = 0; k < data.labels().size(); k++) {
                    scores.addProperty(data.labels().get(k), outputs.get(i)[k]);
                    text.append('\t').append(outputs.get(i)[k]);
                }
                row.add("logits", scores);
            }
            text.append('\n');
            rows.add(row);
        }
        write("predictions-" + name + ".tsv", text);
        JsonObject json = new JsonObject();
        json.addProperty("task", data.spec().name());
        json.addProperty("file", file.file().getFileName().toString());
        json.add("predictions", rows);
        Json.write(folder.resolve("predictions-" + name + ".json"), json);
        written.add("predictions-" + name + ".json");
    }

    private void addValue(JsonObject row, String name, String value) {
        if (regression) {
            row.addProperty(name, Double.parseDouble(value));
        } else {
            row.addProperty(name, value);
        }
    }

    /** GLUE takes three decimals of a number. */
    private String submitted(float[] output) {
        return regression && GlueTasks.find(data.spec().name()) != null
                ? String.format(Locale.ROOT, "%.3f", output[0] * data.spec().scale())
                : prediction(output);
    }

    private String prediction(float[] output) {
        return switch (data.spec().kind()) {
            // as `predict` prints it: digits beyond those of float32 are none of the model's
            case REGRESSION ->
                new BigDecimal(Float.toString((float) (output[0] * data.spec().scale()))).toPlainString();
            case MULTILABEL -> names(SequenceScores.given(output));
            case CLASSIFICATION, TAGGING -> data.labels().get(SequencePredictor.largest(output));
        };
    }

    private String label(Example example) {
        return switch (data.spec().kind()) {
            case REGRESSION -> target(example.label());
            case MULTILABEL -> names(example.classes());
            case CLASSIFICATION, TAGGING -> data.labels().get((int) example.label());
        };
    }

    /** As a cell of the training file has them. */
    private String names(List<Integer> classes) {
        return classes.stream()
                .map(data.labels()::get)
                .collect(Collectors.joining(data.spec().separator()));
    }

    /** The shortest that would be read as this label: what the file has, unless that is more than float32 holds. */
    private String target(float value) {
        double scale = data.spec().scale();
        BigDecimal exact = new BigDecimal(value * scale);
        for (int digits = 1; ; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits));
            if ((float) (rounded.doubleValue() / scale) == value || digits == EXACT_DIGITS) {
                return rounded.stripTrailingZeros().toPlainString();
            }
        }
    }

    private void write(String name, CharSequence text) throws IOException {
        AtomicFile.write(folder.resolve(name), text);
        written.add(name);
    }

    List<String> written() {
        return List.copyOf(written);
    }
}
