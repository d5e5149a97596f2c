package org.jelectra.cli.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jelectra.cli.CommandRunner;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.io.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code jelectra finetune} on files of one's own, well formed or not. */
class FineTuneFilesTest extends TinyFineTuning {

    @Test
    void aTaskOfOnesOwnWithNumbers() throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            text.append(i)
                    .append("\tthe cat\t")
                    .append(i % 2 == 0 ? "dog" : "a house sees")
                    .append('\t');
            text.append(i % 2 == 0 ? "3.8" : "0.00035").append('\n');
        }
        Files.writeString(data.resolve("train.tsv"), text);
        Files.writeString(data.resolve("dev.tsv"), text);
        Path task = Files.writeString(
                directory.resolve("likeness.json"),
                "{\"kind\": \"regression\", \"text\": [1, -2], \"label\": -1, \"header\": false, \"scale\": 5,"
                        + " \"metric\": \"pearson\"}");
        CommandRunner.Result result = assertSuccess(finetune(
                task.toString(),
                data,
                directory.resolve("out"),
                "--epochs",
                "15",
                "--batch",
                "4",
                "--learning-rate",
                "5e-3",
                "--loss",
                "mean"));
        JsonObject results = Json.read(directory.resolve("out/results.json"));
        assertThat(results.get("task").getAsString()).isEqualTo("likeness");
        assertThat(results.getAsJsonObject("summary").get("mean").getAsDouble())
                .as(result.out())
                .isGreaterThan(0.8);
        CommandRunner.Result predicted = assertSuccess(CommandRunner.run(
                "predict",
                directory.resolve("out/seed-1").toString(),
                "--tsv",
                "the cat\tdog",
                "the cat\ta house sees"));
        assertThat(predicted.err()).isEmpty();
        CommandRunner.Result single =
                CommandRunner.run("predict", directory.resolve("out/seed-1").toString(), "the cat", "the cat\tdog");
        assertThat(single.err())
                .isEqualTo(
                        "jelectra: warning: 1 of 2 rows have one text, but the model was trained on pairs: a tab divides"
                                + " two texts, and --text-pair-field names the field of the other one\n");
        double[] scores = predicted
                .out()
                .lines()
                .skip(1)
                .mapToDouble(FineTuneFilesTest::last)
                .toArray();
        assertThat(scores[0] - scores[1])
                .as("in the units of the file: 3.8 and 0.00035 were learnt")
                .isBetween(1.5, 5.5);
        assertThat(Files.readAllLines(directory.resolve("out/seed-1/predictions-dev.tsv")))
                .as("labels as the file has them, predictions with all their digits")
                .satisfies(lines -> assertThat(lines.get(1)).matches("0\t-?\\d\\.\\d{5,}\t3.8"))
                .satisfies(lines -> assertThat(lines.get(2)).endsWith("\t0.00035"));
        double learnt = results.getAsJsonArray("seeds")
                .get(0)
                .getAsJsonObject()
                .getAsJsonObject("values")
                .get("mean_squared_error")
                .getAsDouble();
        Files.writeString(task, Files.readString(task).replace("\"scale\": 5,", ""));
        CommandRunner.Result measured = assertSuccess(CommandRunner.run(
                "evaluate",
                directory.resolve("out/seed-1").toString(),
                data.resolve("dev.tsv").toString(),
                "--task",
                task.toString(),
                "--output",
                directory.resolve("measured.json").toString()));
        assertThat(Json.read(directory.resolve("measured.json"))
                        .getAsJsonObject("values")
                        .get("mean_squared_error")
                        .getAsDouble())
                .as("the model knows its scale, whatever the task says")
                .isCloseTo(learnt, within(1e-5));
    }

    private static double last(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf('\t') + 1));
    }

    /** One file for all: quoted cells to learn from, a part of them to measure; then measured and predicted from such files. */
    @Test
    void oneFileOfQuotedCells() throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        StringBuilder rows = new StringBuilder("animal,text\r\n");
        for (int i = 0; i < 40; i++) {
            String animal = i % 2 == 0 ? "cat" : "dog";
            rows.append(i % 2).append(",\"").append(animal).append(", \"\"sees\"\"\r\na house\"\r\n");
        }
        Files.writeString(data.resolve("all.csv"), rows);
        Path task = Files.writeString(
                directory.resolve("animals.json"),
                "{\"text\": \"text\", \"label\": \"animal\", \"train\": \"all.csv\", \"dev_fraction\": 0.25}");
        Path output = directory.resolve("out");
        CommandRunner.Result result = assertSuccess(
                finetune(task.toString(), data, output, "--epochs", "12", "--batch", "4", "--learning-rate", "5e-3"));
        assertThat(result.out())
                .contains(
                        "animals: 30 training examples, 10 held out of the same file for development\nlabels: 0 15, 1 15\n");
        JsonObject results = Json.read(output.resolve("results.json"));
        assertThat(results.get("held_out")).hasToString("{\"fraction\":0.25,\"seed\":1}");
        assertThat(results.getAsJsonObject("summary").get("mean").getAsDouble()).isGreaterThan(0.9);
        String model = output.resolve("seed-1").toString();
        assertThat(Files.readAllLines(output.resolve("seed-1/predictions-all.tsv")))
                .hasSize(11);
        CommandRunner.Result measured =
                CommandRunner.run("evaluate", model, data.resolve("all.csv").toString(), "--task", task.toString());
        assertThat(measured.out())
                .as(measured.err())
                .contains(
                        "warning: " + data.resolve("all.csv")
                                + ": all its rows are measured, also those that were trained on if animals held out a part"
                                + " of this file (\"dev_fraction\"); what that part gave is in results.json of the run\n",
                        "accuracy             1.0000  *",
                        "macro_f1             1.0000\n",
                        "| label | precision | recall |     f1 | texts |\n",
                        "| 1     |    1.0000 | 1.0000 | 1.0000 |    20 |\n");
        CommandRunner.Result predicted = CommandRunner.run(
                "predict", model, "--json", "--file", data.resolve("all.csv").toString());
        assertThat(predicted.out().lines().limit(2))
                .as(predicted.err())
                .satisfiesExactly(
                        cat -> assertThat(cat).contains("\"prediction\":\"0\""),
                        dog -> assertThat(dog).contains("\"prediction\":\"1\""));
        Files.writeString(data.resolve("all.csv"), "id,text\n7,\"cat\n");
        predicted = CommandRunner.run(
                "predict", model, "--file", data.resolve("all.csv").toString());
        assertThat(predicted.code()).isEqualTo(1);
        assertThat(predicted.err()).contains("all.csv:2: cell 2: its quotation mark is not closed");
        Files.writeString(data.resolve("all.csv"), "id,text\n7,\n");
        predicted = assertSuccess(CommandRunner.run(
                "predict", model, "--file", data.resolve("all.csv").toString()));
        assertThat(predicted.err()).isEqualTo("jelectra: 1 of 1 rows have an empty text\n");
    }

    /** Two animals, each of which a text has or has not; all texts are of one length, so that batches have some of each. */
    @Test
    void severalLabelsAText() throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        String[] texts = {"cat sees a", "dog sees a", "cat and dog", "house sees a"};
        String[] labels = {"feline", "canine", "canine;feline", ""};
        StringBuilder rows = new StringBuilder("text,animals\n");
        for (int i = 0; i < 64; i++) {
            rows.append(texts[i % 4]).append(',').append(labels[i % 4]).append('\n');
        }
        Files.writeString(data.resolve("train.csv"), rows);
        Files.writeString(data.resolve("dev.csv"), rows);
        Path task = Files.writeString(
                directory.resolve("animals.json"),
                "{\"kind\": \"multilabel\", \"text\": \"text\", \"label\": \"animals\", \"separator\": \";\"}");
        Path output = directory.resolve("out");
        CommandRunner.Result result = finetune(task.toString(), data, output);
        assertThat(result.err())
                .contains(
                        "expected train.tsv (or .xz, .gz), there or in a folder animals, found none; where it is train.csv,"
                                + " say so in " + task + ": \"train\": \"train.csv\"\n");
        Files.writeString(task, Files.readString(task).replace("}", ", \"train\": \"train.csv\"}"));
        result = assertSuccess(
                finetune(task.toString(), data, output, "--epochs", "30", "--batch", "8", "--learning-rate", "2e-3"));
        JsonObject results = Json.read(output.resolve("results.json"));
        assertThat(results.get("metric").getAsString()).isEqualTo("micro_f1");
        assertThat(results.getAsJsonObject("summary").get("mean").getAsDouble())
                .as(result.out())
                .isGreaterThan(0.95);
        Path model = output.resolve("seed-1");
        assertThat(Json.read(model.resolve("config.json")).get("problem_type").getAsString())
                .isEqualTo("multi_label_classification");
        assertThat(Files.readAllLines(model.resolve("predictions-dev.tsv")).get(3))
                .startsWith("2\tcanine;feline\tcanine;feline\t");
        String dev = data.resolve("dev.csv").toString();
        CommandRunner.Result measured = CommandRunner.run("evaluate", model.toString(), dev, "--task", task.toString());
        assertThat(measured.out())
                .as(measured.err())
                .contains("micro_f1 ", "  *\nmacro_f1 ", "exact_match ")
                .doesNotContain("warning");
        String[] predict = {"predict", model.toString(), "--json", "cat and dog", "house sees a"};
        CommandRunner.Result predicted = CommandRunner.run(predict);
        assertThat(predicted.out().lines())
                .as(predicted.err())
                .satisfiesExactly(
                        both -> assertThat(both).contains("\"prediction\":[\"canine\",\"feline\"]"),
                        none -> assertThat(none).contains("\"prediction\":[],\"probabilities\":{\"canine\":"));
        assertThat(CommandRunner.run("predict", model.toString(), "house sees a")
                        .out())
                .isEqualTo("no label  house sees a\n");
        assertThat(CommandRunner.run("predict", model.toString(), "--tsv", "--threshold", "0", "house sees a")
                        .out())
                .startsWith("index\tid\tprediction\tprobability canine\tprobability feline\n0\t\tcanine|feline\t0.");
        assertThat(CommandRunner.run("predict", model.toString(), "--threshold", "1", "house sees a")
                        .err())
                .contains("--threshold must be from 0 to below 1, got 1.0");

        // with HuggingFace's layout and back
        Path exported = directory.resolve("exported");
        assertSuccess(CommandRunner.run("export", model.toString(), "--output", exported.toString()));
        predict[1] = exported.toString();
        assertThat(CommandRunner.run(predict).out()).isEqualTo(predicted.out());

        Files.writeString(data.resolve("dev.csv"), "text,animals\na,canine;bird\n");
        measured = CommandRunner.run("evaluate", model.toString(), dev, "--task", task.toString());
        assertThat(measured.err())
                .contains("dev.csv:2: column animals: unknown label \"bird\", expected one of [canine, feline]");
        Files.writeString(task, "{\"text\": \"text\", \"label\": \"animals\"}");
        measured = CommandRunner.run("evaluate", model.toString(), dev, "--task", task.toString());
        assertThat(measured.err())
                .contains(
                        "the model gives a text any number of labels, which does not fit animals, a task of classification");
    }

    @Test
    void oneFileOfObjects() throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            rows.append("{\"text\": \"cat\\tdog\", \"score\": ").append(i).append("}\n");
        }
        Files.writeString(data.resolve("train.jsonl"), rows);
        Path task = Files.writeString(
                directory.resolve("scores.json"),
                "{\"kind\": \"regression\", \"text\": \"text\", \"label\": \"score\", \"train\": \"train.jsonl\"}");
        CommandRunner.Result result = finetune(task.toString(), data, directory.resolve("out"));
        assertThat(result.err())
                .contains("expected a development set, dev.jsonl (or .xz, .gz), found none; a task declared in JSON can"
                        + " hold out a part of its training file instead, by \"dev_fraction\"");
        Files.writeString(data.resolve("dev.jsonl"), rows);
        result = assertSuccess(finetune(task.toString(), data, directory.resolve("out"), "--epochs", "1"));
        assertThat(result.out())
                .contains("scores: 8 training examples, 8 for development\n"
                        + "targets: mean 3.5, standard deviation 2.29129, from 0 to 7\n")
                .doesNotContain("warning");
        assertThat(directory.resolve("out/seed-1/predictions-dev.tsv")).isRegularFile();
    }

    /** A training run and what is measured then say it, once; of short texts there is nothing to say. */
    @Test
    void textsThatAreCutAreCounted() throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        String rows = "text\tlabel\n" + ("cat " + "sees ".repeat(300) + "\t1\ndog sees\t0\n").repeat(4);
        Files.writeString(data.resolve("train.tsv"), rows);
        Path dev = Files.writeString(data.resolve("dev.tsv"), rows + "cat\t1\n");
        Path task = Files.writeString(directory.resolve("mine.json"), "{\"text\": \"text\", \"label\": \"label\"}");
        Path output = directory.resolve("out");
        String[] options = {"--epochs", "1", "--max-length", "16", "--seeds", "2"};
        CommandRunner.Result result = assertSuccess(finetune(task.toString(), data, output, options));
        assertThat(result.out())
                .containsOnlyOnce("warning: 4 of 8 training examples are cut at 16 tokens (--max-length)\n")
                .containsOnlyOnce("warning: " + dev + ": 4 of 9 rows are cut at 16 tokens (--max-length)\n");
        CommandRunner.Result measured = assertSuccess(CommandRunner.run(
                "evaluate", output.resolve("seed-1").toString(), dev.toString(), "--task", task.toString()));
        assertThat(measured.out())
                .contains("warning: " + dev + ": 4 of 9 rows are cut at 16 tokens, the longest the model reads\n");
        Files.writeString(data.resolve("train.tsv"), "text\tlabel\ncat\t1\ndog\t0\n");
        Files.writeString(dev, "text\tlabel\ncat\t1\ndog\t0\n");
        result = assertSuccess(finetune(task.toString(), data, directory.resolve("short"), "--epochs", "1"));
        assertThat(result.out()).doesNotContain("warning");
    }

    /** Hundreds of labels would hide what is wrong, and what helps. */
    @Test
    void aLabelThatOnlyTheDevelopmentFileHas() throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        StringBuilder rows = new StringBuilder("text\tlabel\n");
        for (int i = 10; i < 42; i++) {
            rows.append("cat\ttopic ").append(i).append('\n');
        }
        Files.writeString(data.resolve("train.tsv"), rows);
        Files.writeString(data.resolve("dev.tsv"), rows + "dog\ttopic 42\n");
        Path task = Files.writeString(directory.resolve("mine.json"), "{\"text\": \"text\", \"label\": \"label\"}");
        CommandRunner.Result result = finetune(task.toString(), data, directory.resolve("out"));
        assertThat(result.err())
                .endsWith("dev.tsv:34: column label: unknown label \"topic 42\", expected one of [topic 10, topic 11,"
                        + " topic 12, topic 13, topic 14, topic 15, topic 16, topic 17, topic 18, topic 19] and 22"
                        + " others; \"labels\" in the task file, before training, can name those too that the training"
                        + " file lacks\n");
    }

    @Test
    void taggedWords() throws IOException {
        Path data = Files.createDirectories(directory.resolve("conll2000"));
        String sentence = "the DT B-NP\ncat NN I-NP\nsees VB O\na DT B-NP\nhouse NN I-NP\n\n";
        Files.writeString(data.resolve("train.txt"), "-DOCSTART- -X- O\n\n" + sentence.repeat(24));
        Files.writeString(data.resolve("test.txt"), sentence.repeat(3));
        Path output = directory.resolve("out");
        CommandRunner.Result result = assertSuccess(finetune(
                "tagging",
                directory.resolve("conll2000"),
                output,
                "--epochs",
                "20",
                "--batch",
                "8",
                "--learning-rate",
                "5e-3"));
        JsonObject results = Json.read(output.resolve("results.json"));
        assertThat(results.get("metric").getAsString()).isEqualTo("entity_f1");
        assertThat(results.getAsJsonObject("summary").get("mean").getAsDouble())
                .as(result.out())
                .isGreaterThan(0.9);
        assertThat(TaskModelFiles.labels(output.resolve("seed-1"))).containsExactly("B-NP", "I-NP", "O");
        assertThat(Files.readAllLines(output.resolve("seed-1/predictions-test.txt")))
                .hasSize(18);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sentence@label#cat@1#dog | dev.tsv:3: column label is missing",
                "sentence@label#cat@yes | dev.tsv:2: column label: unknown label \"yes\", expected one of [0, 1]",
                "text@label#cat@1 | dev.tsv:1: expected columns named sentence, found text, label",
                "sentence@label | dev.tsv: expected rows of examples, found none",
                "'' | dev.tsv:1: expected columns named sentence, label; the file has no names of columns"
            })
    void malformedFilesAreNamed(String content, String message) throws IOException {
        Path data = sst();
        Files.writeString(
                data.resolve("sst/dev.tsv"),
                content.replace('@', '\t').replace("#", "\n") + (content.isEmpty() ? "" : "\n"));
        Path output = directory.resolve("out");
        CommandRunner.Result result = finetune("SST-2", data, output);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains(message).hasLineCount(1);
        assertThat(output).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "text@label#cat@1#dog@0# | ",
                "^text@label$cat@1$$dog@0$ | ",
                "text@label#cat@1#dog@0 | ",
                "text@label#cat@1#dog@# | train.tsv:3: column label: expected a label, found none",
                "text@label#cat@1#dog# | train.tsv:3: column label is missing: the row has 1 columns",
                "text@label#cat@1#@0# | ",
                "text@kind#cat@1# | train.tsv:1: expected columns named label, found text, kind",
                "text@label# | train.tsv: expected rows of examples, found none",
                "`` | train.tsv:1: expected columns named label; the file has no names of columns",
                "text@label#cat@1#cat@1# | train.tsv: expected at least two labels, found [1]",
                "{\"text\": \"cat\", \"label\": 1}# | train.tsv:1: expected columns named label, found {\"text\": "
            })
    void filesOfEveryShape(String content, String message) throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        Files.writeString(
                data.resolve("train.tsv"),
                content.replace('@', '\t')
                        .replace("#", "\n")
                        .replace("$", "\r\n")
                        .replace("^", "\uFEFF"));
        Files.writeString(data.resolve("dev.tsv"), "text\tlabel\ncat\t1\n");
        Path task = Files.writeString(directory.resolve("mine.json"), "{\"text\": \"text\", \"label\": \"label\"}");
        Path output = directory.resolve("out");
        CommandRunner.Result result = finetune(task.toString(), data, output, "--epochs", "1");
        if (message == null) {
            assertThat(result.code()).as(result.err()).isZero();
            assertThat(result.out()).contains("mine: 2 training examples, 1 for development");
            assertThat(TaskModelFiles.labels(output.resolve("seed-1"))).containsExactly("0", "1");
        } else {
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err()).contains(message).hasLineCount(1);
            assertThat(output).doesNotExist();
        }
    }
}
