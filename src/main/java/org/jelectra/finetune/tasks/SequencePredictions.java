package org.jelectra.finetune.tasks;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
 * are in the units of the training file. Row by row: of a million rows with hundreds of labels the text alone is larger than the memory.
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
        write(test.name().submission(), text -> {
            text.write("index\tprediction\n");
            for (int i = 0; i < outputs.size(); i++) {
                text.append(test.examples().indices().get(i).toString())
                        .append('\t')
                        .append(submitted(outputs.get(i)))
                        .append('\n');
            }
        });
    }

    private void write(ExampleFile file, List<float[]> outputs, boolean labelled) throws IOException {
        String name = "predictions-" + TaskFolder.baseName(file.file());
        write(name + ".tsv", text -> table(file, outputs, labelled, text));
        JsonObject head = new JsonObject();
        head.addProperty("task", data.spec().name());
        head.addProperty("file", file.file().getFileName().toString());
        Json.write(
                folder.resolve(name + ".json"),
                head,
                "predictions",
                IntStream.range(0, outputs.size()).mapToObj(i -> row(file, i, outputs.get(i), labelled)));
        written.add(name + ".json");
    }

    private void table(ExampleFile file, List<float[]> outputs, boolean labelled, Writer text) throws IOException {
        text.write(labelled ? "index\tprediction\tlabel" : "index\tprediction");
        for (String label : regression ? List.<String>of() : data.labels()) {
            text.append("\tscore ").append(label);
        }
        text.write('\n');
        for (int i = 0; i < outputs.size(); i++) {
            text.append(file.indices().get(i).toString()).append('\t').append(prediction(outputs.get(i)));
            if (labelled) {
                text.append('\t').append(label(file.examples().get(i)));
            }
            for (int k = 0; !regression && k < data.labels().size(); k++) {
                text.append('\t').append(Float.toString(outputs.get(i)[k]));
            }
            text.write('\n');
        }
    }

    private JsonObject row(ExampleFile file, int index, float[] output, boolean labelled) {
        JsonObject row = new JsonObject();
        row.addProperty("index", file.indices().get(index));
        addValue(row, "prediction", prediction(output));
        if (labelled) {
            addValue(row, "label", label(file.examples().get(index)));
        }
        if (!regression) {
            JsonObject scores = new JsonObject();
            for (int k = 0; k < data.labels().size(); k++) {
                scores.addProperty(data.labels().get(k), output[k]);
            }
            row.add("logits", scores);
        }
        return row;
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

    private void write(String name, AtomicFile.Text text) throws IOException {
        AtomicFile.writeText(folder.resolve(name), text);
        written.add(name);
    }

    List<String> written() {
        return List.copyOf(written);
    }
}
