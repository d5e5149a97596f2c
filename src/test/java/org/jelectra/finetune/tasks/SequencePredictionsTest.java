package org.jelectra.finetune.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.finetune.data.Example;
import org.jelectra.finetune.data.ExampleFile;
import org.jelectra.finetune.data.GlueTasks;
import org.jelectra.finetune.data.TaskFile;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.io.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers as a regression's files have them. */
class SequencePredictionsTest {

    @TempDir
    private Path folder;

    private SequencePredictions of(TaskSpec spec) {
        return new SequencePredictions(
                new TaskData(spec, List.of(), List.of(), List.of(), List.of(), List.of()), folder);
    }

    /** What {@link ExampleFile} makes of a number in the file is written as that number, for every scale. */
    @Test
    void labelsAreThoseOfTheFile() throws IOException {
        String[] numbers = {"3.8", "0.00035", "-7", "19.05", "1000000", "0.1", "2.857142", "0", "0.0000012"};
        StringBuilder rows = new StringBuilder("text\tscore\n");
        for (String number : numbers) {
            rows.append("a\t").append(number).append('\n');
        }
        Path dev = Files.writeString(folder.resolve("dev.tsv"), rows);
        for (String scale : List.of("1", "5", "0.3", "1e4")) {
            TaskSpec spec = TaskFile.read(Files.writeString(
                    folder.resolve("mine.json"),
                    "{\"kind\": \"regression\", \"text\": \"text\", \"label\": \"score\", \"scale\": " + scale + "}"));
            ExampleFile file = ExampleFile.labelled(spec, List.of(), dev);
            List<float[]> outputs = file.examples().stream()
                    .map(example -> new float[] {example.label()})
                    .toList();
            of(spec).development(file, outputs);
            assertThat(Files.readAllLines(folder.resolve("predictions-dev.tsv")).stream()
                            .skip(1)
                            .map(line -> line.split("\t")[2]))
                    .as(scale)
                    .containsExactly(numbers);
            JsonObject first = Json.read(folder.resolve("predictions-dev.json"))
                    .getAsJsonArray("predictions")
                    .get(0)
                    .getAsJsonObject();
            assertThat(first.get("label").getAsDouble()).isEqualTo(3.8);
            // all digits of float32, and no others
            assertThat(first.get("prediction").getAsString())
                    .isEqualTo(Float.toString((float) (outputs.get(0)[0] * spec.scale())));
        }
    }

    /** {@code logits} are the numbers of the columns {@code score}. */
    @Test
    void labelsAndScoresAreInBothFiles() throws IOException {
        TaskSpec spec = GlueTasks.find("RTE");
        List<String> labels = List.of("entailment", "not_entailment");
        TaskData data = new TaskData(spec, labels, List.of(), List.of(), List.of(), List.of());
        List<Example> examples = List.of(new Example("a", "b", 0), new Example("c", "d", 1));
        ExampleFile file = new ExampleFile(folder.resolve("dev.tsv.xz"), examples, List.of(3, 8), 0);
        new SequencePredictions(data, folder)
                .development(file, List.of(new float[] {-1.5f, 2.25f}, new float[] {1e-9f, -0.1f}));
        assertThat(folder.resolve("predictions-dev.tsv")).hasContent("""
                        index\tprediction\tlabel\tscore entailment\tscore not_entailment
                        3\tnot_entailment\tentailment\t-1.5\t2.25
                        8\tentailment\tnot_entailment\t1.0E-9\t-0.1
                        """);
        assertThat(folder.resolve("predictions-dev.json")).hasContent("""
                        {
                          "task": "RTE",
                          "file": "dev.tsv.xz",
                          "predictions": [
                            {
                              "index": 3,
                              "prediction": "not_entailment",
                              "label": "entailment",
                              "logits": {
                                "entailment": -1.5,
                                "not_entailment": 2.25
                              }
                            },
                            {
                              "index": 8,
                              "prediction": "entailment",
                              "label": "not_entailment",
                              "logits": {
                                "entailment": 1.0E-9,
                                "not_entailment": -0.1
                              }
                            }
                          ]
                        }
                        """);
    }

    @Test
    void submissionsToGlueHaveThreeDecimals() throws IOException {
        TaskSpec glue = GlueTasks.find("STS-B");
        ExampleFile file =
                new ExampleFile(folder.resolve("test.tsv"), List.of(new Example("a", "b", Float.NaN)), List.of(7), 0);
        of(glue).test(new TaskData.Test(glue.tests().get(0), file), List.of(new float[] {0.123456f}));
        assertThat(folder.resolve("STS-B.tsv")).hasContent("index\tprediction\n7\t0.617\n");
        assertThat(folder.resolve("predictions-test.tsv")).hasContent("index\tprediction\n7\t0.61728\n");

        TaskSpec own = TaskFile.read(Files.writeString(
                folder.resolve("mine.json"), "{\"kind\": \"regression\", \"text\": \"text\", \"label\": \"score\"}"));
        of(own).test(new TaskData.Test(own.tests().get(0), file), List.of(new float[] {0.123456f}));
        assertThat(folder.resolve("mine.tsv")).hasContent("index\tprediction\n7\t0.123456\n");
    }
}
