package org.jelectra.cli.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.cli.CommandRunner;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.finetune.GlueAverage;
import org.jelectra.finetune.GlueTable;
import org.jelectra.finetune.PublishedScores;
import org.jelectra.io.Json;
import org.jelectra.io.Release;
import org.jelectra.io.Sha256;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code jelectra finetune}, {@code glue} and {@code evaluate} from a tiny pre-trained model: what they learn, say and write. */
@Tag("every-jdk")
class FineTuneCommandTest extends TinyFineTuning {

    @Test
    void learnsAndWritesWhatItPromises() throws IOException {
        // a rate at which both seeds learn
        Path output = directory.resolve("out");
        CommandRunner.Result result = assertSuccess(finetune(
                "SST-2", sst(), output, "--epochs", "12", "--batch", "8", "--learning-rate", "3e-3", "--seeds", "2"));
        JsonObject results = Json.read(output.resolve("results.json"));
        assertThat(results.get("task").getAsString()).isEqualTo("SST-2");
        assertThat(results.get("metric").getAsString()).isEqualTo("accuracy");
        assertThat(results.getAsJsonArray("seeds")).hasSize(2);
        JsonObject summary = results.getAsJsonObject("summary");
        assertThat(summary.get("mean").getAsDouble()).as(result.out()).isCloseTo(1, within(0.2));
        assertThat(summary.get("degenerate_runs").getAsInt()).isZero();
        JsonObject ofAll = results.getAsJsonObject("summaries");
        assertThat(ofAll.keySet()).contains("accuracy", "f1", "loss");
        assertThat(ofAll.getAsJsonObject("accuracy").get("median")).isEqualTo(summary.get("median"));
        assertThat(ofAll.getAsJsonObject("loss").get("runs").getAsInt()).isEqualTo(2);
        assertThat(ofAll.getAsJsonObject("loss").keySet())
                .contains("mean", "standard_deviation")
                .doesNotContain("best");
        assertThat(results.get("jelectra").getAsString()).isEqualTo(Release.version());
        assertThat(results.getAsJsonObject("settings").keySet())
                .contains("learningRate", "hiddenDropout", "lowerCase", "SHA-256 of train.tsv")
                .contains("SHA-256 of model.safetensors", "SHA-256 of vocab.txt")
                .doesNotContain("seed");
        JsonObject second = results.getAsJsonArray("seeds").get(1).getAsJsonObject();
        assertThat(second.get("backend").getAsString()).isEqualTo("cpu");
        assertThat(second.get("valueType").getAsString()).isEqualTo("FLOAT32");
        Path seed = output.resolve("seed-2");
        assertThat(TaskModelFiles.labels(seed)).containsExactly("0", "1");
        assertThat(ModelFiles.architecture(seed)).isEqualTo("ElectraForSequenceClassification");
        assertThat(seed.resolve("vocab.txt")).isRegularFile();
        assertThat(seed.resolve("run.snapshot")).doesNotExist();
        assertThat(seed.resolve("curves.png")).as("curves up to the end").isNotEmptyFile();
        assertThat(Files.readAllLines(seed.resolve("SST-2.tsv"))).containsExactly("index\tprediction", "5\t1", "2\t0");
        assertThat(Files.readAllLines(seed.resolve("predictions-dev.tsv"))).hasSize(49);
        assertThat(Json.read(seed.resolve("predictions-dev.json")).getAsJsonArray("predictions"))
                .hasSize(48);
        assertThat(Files.readAllLines(seed.resolve("metrics.jsonl")))
                .isNotEmpty()
                .allSatisfy(
                        line -> assertThat(Json.parse(line, "line").has("loss")).isTrue());
    }

    @Test
    void theBestIsKeptOnRequest() throws IOException {
        Path output = directory.resolve("out");
        String[] options = {"--epochs", "2", "--batch", "8", "--learning-rate", "0.1", "--keep", "best"};
        CommandRunner.Result result = assertSuccess(finetune("SST-2", sst(), output, options));
        JsonObject results = Json.read(output.resolve("results.json"));
        assertThat(results.get("kept").getAsString()).isEqualTo("best on the development set");
        JsonObject seed = results.getAsJsonArray("seeds").get(0).getAsJsonObject();
        assertThat(seed.get("value")).isEqualTo(seed.get("best_value"));
        assertThat(seed.get("kept_step")).isEqualTo(seed.get("best_step"));
        boolean earlier = seed.get("kept_step").getAsInt() < seed.get("steps").getAsInt();
        assertThat(result.out().contains("the best on the development set, after"))
                .as(result.out())
                .isEqualTo(earlier);
    }

    @Test
    void aMajorityClassIsFlagged() throws IOException {
        Path output = directory.resolve("out");
        CommandRunner.Result result = assertSuccess(
                finetune("SST-2", sst(), output, "--epochs", "1", "--learning-rate", "1e-9", "--random-weights"));
        JsonObject results = Json.read(output.resolve("results.json"));
        assertThat(results.get("random_weights").getAsBoolean()).isTrue();
        assertThat(results.getAsJsonObject("summary").get("degenerate_runs").getAsInt())
                .isEqualTo(1);
        assertThat(result.out()).contains("DEGENERATE");
    }

    @Test
    void seedsWithoutAValueAreNamedInsteadOfAMean() throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        Files.writeString(data.resolve("train.tsv"), "cat\t1\ndog\t2\n".repeat(4));
        // of equal numbers there is no correlation
        Files.writeString(data.resolve("dev.tsv"), "cat\t1\ndog\t1\n");
        Path task = Files.writeString(
                directory.resolve("numbers.json"),
                "{\"kind\": \"regression\", \"text\": 0, \"label\": 1, \"header\": false}");
        Path output = directory.resolve("out");
        CommandRunner.Result result =
                assertSuccess(finetune(task.toString(), data, output, "--epochs", "1", "--batch", "8", "--seeds", "2"));
        assertThat(result.out())
                .contains("seed 2: spearman has no value after ")
                .contains("2 runs: no mean, median or best, as spearman has no value in 2 of them (seed 1, 2)");
        JsonObject summary = Json.read(output.resolve("results.json")).getAsJsonObject("summary");
        assertThat(summary.get("undefined_runs").getAsInt()).isEqualTo(2);
        assertThat(summary.get("mean").isJsonNull()).isTrue();
    }

    @Test
    void aSeedThatDivergesIsNamed() throws IOException {
        Path output = directory.resolve("out");
        String[] settings = {"--epochs", "1", "--batch", "4", "--learning-rate", "1e30", "--seeds", "2"};
        CommandRunner.Result result = finetune("sst", sst(), output, settings);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).contains("seed 1 diverged: step ", "seed 2 diverged: step ");
        assertThat(result.err())
                .matches("jelectra: seed 1: step \\d: the loss became .* try a smaller learning rate; seed 2 diverged"
                        + " too\n");
    }

    /** RTE has one step, whose rate is 0 as that of every first one. */
    @Test
    void aTaskOfGlueThatDivergesStopsNoOther() throws IOException {
        Path data = sst();
        Path rte = Files.createDirectories(data.resolve("RTE"));
        String rows = "index\tsentence1\tsentence2\tlabel\n" + "0\tcat\tdog\tentailment\n1\tcat\tcat\tnot_entailment\n";
        Files.writeString(rte.resolve("train.tsv"), rows);
        Files.writeString(rte.resolve("dev.tsv"), rows);
        Path output = directory.resolve("out");
        String glue = "glue --model " + model + " --data " + data + " --output " + output
                + " --epochs 1 --seeds 2 --learning-rate 1e30 --backend cpu";
        for (String resume : List.of("", " --resume")) {
            CommandRunner.Result result = CommandRunner.run((glue + resume).split(" "));
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err())
                    .matches("jelectra: SST-2: seed 1: .* try a smaller learning rate; seed 2 diverged too\n");
            assertThat(result.out())
                    .contains("| " + model + " | development | measured here, median of 2 seeds | - | - |");
            JsonObject tasks = Json.read(output.resolve("glue.json")).getAsJsonObject("tasks");
            assertThat(tasks.keySet()).containsExactly("RTE");
        }

        CommandRunner.Result none = CommandRunner.run((glue.replace("/out", "/none") + " --tasks SST").split(" "));
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.out()).doesNotContain("median of");
    }

    @Test
    void everyTaskOfGlueIntoOneTable() throws IOException {
        Path data = sst();
        Path cola = Files.createDirectories(data.resolve("CoLA"));
        String rows = "gj04\t1\t\tthe cat sees\nbc01\t0\t*\tcat the sees\n".repeat(8);
        Files.writeString(cola.resolve("train.tsv"), rows);
        Files.writeString(cola.resolve("dev.tsv"), rows);
        Files.writeString(cola.resolve("test.tsv"), "index\tsentence\n0\tthe dog\n");
        Files.createDirectories(data.resolve("QNLI"));
        Path output = directory.resolve("out");
        String glue = "glue --model " + model + " --data " + data + " --output " + output
                + " --epochs 1 --seeds 2 --backend cpu";
        assertSuccess(CommandRunner.run(glue.split(" ")));
        List<String> table = Files.readAllLines(output.resolve("glue.md"));
        assertThat(table.get(0)).contains("CoLA | SST-2 | MRPC | STS-B | QQP | MNLI | QNLI | RTE | WNLI | average");
        assertThat(table.get(2))
                .contains("measured here, median of 2 seeds")
                .contains(" ± ")
                .endsWith("| - |");
        assertThat(table.get(table.size() - 1))
                .endsWith(" What was measured here has other settings than the original code: epochs 1.0,"
                        + " maxLength 32, hiddenDropout 0.0, attentionDropout 0.0.");
        assertThat(table.subList(3, 3 + PublishedScores.ALL.size()))
                .allSatisfy(row -> assertThat(row).contains("published: "));
        assertThat(table.get(5)).contains("BERT-Small").endsWith("| 75.1 |");
        assertThat(table).anyMatch(row -> row.contains("Table 8 (not verified)") && row.endsWith("| 75.9 |"));
        JsonObject json = Json.read(output.resolve("glue.json"));
        assertThat(json.getAsJsonObject("tasks").keySet()).containsExactly("CoLA", "SST-2");
        assertThat(json.get("jelectra").getAsString()).isEqualTo(Release.version());
        assertThat(json.get("SHA-256 of model.safetensors").getAsString())
                .isEqualTo(Sha256.of(model.resolve("discriminator/model.safetensors")));
        JsonObject first = json.getAsJsonObject("tasks").getAsJsonObject("CoLA");
        assertThat(first.get("computed_by").toString()).startsWith("[\"cpu in float32");
        assertThat(first.getAsJsonObject("settings"))
                .isEqualTo(Json.read(output.resolve("CoLA/results.json")).getAsJsonObject("settings"));
        assertThat(json.get("average").isJsonNull()).isTrue();
        assertThat(json.get("kept").getAsString()).isEqualTo("last");
        assertThat(output.resolve("CoLA/results.json")).isRegularFile();
        assertThat(Files.readAllLines(output.resolve("CoLA/seed-2/CoLA.tsv")))
                .hasSize(2)
                .first()
                .isEqualTo("index\tprediction");
        Files.writeString(cola.resolve("dev.tsv"), rows + rows);
        refused(CommandRunner.run((glue + " --resume").split(" ")), "SHA-256 of dev.tsv was ");
    }

    @Test
    void tasksOfGlueAreChosen() throws IOException {
        Path data = sst();
        Path wnli = Files.createDirectories(data.resolve("WNLI"));
        Files.writeString(wnli.resolve("train.tsv"), "sentence1\n");
        Path output = directory.resolve("out");
        String glue =
                "glue --model " + model + " --data " + data + " --output " + output + " --epochs 0.1 --backend cpu";
        CommandRunner.Result broken = CommandRunner.run(glue.split(" "));
        assertThat(broken.code()).isEqualTo(1);
        assertThat(broken.err())
                .startsWith("jelectra: " + wnli)
                .endsWith("; --tasks without WNLI leaves it out\n")
                .hasLineCount(1);
        for (String wrong : List.of("SST-3", "CoLA", "sst,,RTE", "")) {
            CommandRunner.Result result = CommandRunner.run((glue + " --tasks=" + wrong).split(" "));
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err())
                    .startsWith("jelectra glue: --tasks ")
                    .contains(": expected tasks of GLUE in " + data + ", which has SST-2, WNLI (")
                    .hasLineCount(1);
        }
        assertThat(output).doesNotExist();
        assertSuccess(CommandRunner.run((glue + " --tasks sst2,SST-2").split(" ")));
        assertThat(Json.read(output.resolve("glue.json"))
                        .getAsJsonObject("tasks")
                        .keySet())
                .containsExactly("SST-2");

        Files.writeString(wnli.resolve("train.tsv"), "index\tsentence1\tsentence2\tlabel\n1\ta\tb\t1\n2\tb\ta\t0\n");
        Files.copy(wnli.resolve("train.tsv"), wnli.resolve("dev.tsv"));
        CommandRunner.Result other = CommandRunner.run((glue + " --resume --tasks WNLI").split(" "));
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.err())
                .isEqualTo("jelectra: " + output.resolve("glue.json") + " would lose SST-2; expected these tasks too,"
                        + " with --resume, which computes nothing twice, or another --output\n");
        assertSuccess(CommandRunner.run((glue + " --resume --tasks SST-2,WNLI").split(" ")));
        assertThat(GlueTable.tasks(output)).containsExactly("SST-2", "WNLI");
    }

    @Test
    void aTableOfTheBestWeightsNamesTheirModel() throws IOException {
        Path output = directory.resolve("out");
        CommandRunner.Result result = assertSuccess(CommandRunner.run(("glue --model " + model + " --data " + sst()
                        + " --output " + output + " --epochs 0.5 --keep best --backend cpu")
                .split(" ")));
        assertThat(result.out()).contains("| " + model + " (best on the development set) ");
        GlueAverage average = GlueAverage.read(output);
        assertThat(average.isOf(model)).isTrue();
        assertThat(average.keepsBest()).isTrue();
    }

    @Test
    void aSavedModelMeasuresAsInItsRun() throws IOException {
        Path data = sst();
        Path output = directory.resolve("out");
        CommandRunner.Result trained = assertSuccess(
                finetune("SST-2", data, output, "--epochs", "2", "--batch", "8", "--learning-rate", "2e-3"));
        String dev = data.resolve("sst/dev.tsv").toString();
        String seed = output.resolve("seed-1").toString();
        String metrics = directory.resolve("metrics.json").toString();
        assertSuccess(
                CommandRunner.run("evaluate", seed, dev, "--task", "SST-2", "--output", metrics, "--backend", "cpu"));
        JsonObject expected = Json.read(output.resolve("results.json"))
                .getAsJsonArray("seeds")
                .get(0)
                .getAsJsonObject()
                .getAsJsonObject("values");
        JsonObject values = Json.read(Path.of(metrics)).getAsJsonObject("values");
        assertThat(values.get("accuracy")).isEqualTo(expected.get("accuracy"));
        assertThat(values.get("loss").getAsDouble())
                .isCloseTo(expected.get("loss").getAsDouble(), within(1e-6));

        CommandRunner.Result tagging = CommandRunner.run("evaluate", seed, dev, "--task", "tagging");
        assertThat(tagging.code()).isEqualTo(1);
        assertThat(tagging.err())
                .contains("expected a fine-tuned model of the kind ElectraForTokenClassification")
                .hasLineCount(1);
        CommandRunner.Result pretrained = CommandRunner.run("evaluate", model.toString(), dev, "--task", "SST-2");
        assertThat(pretrained.code()).isEqualTo(1);
        assertThat(pretrained.err())
                .contains("found a pre-trained discriminator (ElectraForPreTraining); fine-tune it first")
                .hasLineCount(1);
        CommandRunner.Result seeds = CommandRunner.run("evaluate", output.toString(), dev, "--task", "SST-2");
        assertThat(seeds.code()).isEqualTo(1);
        assertThat(seeds.err())
                .contains("found those of a fine-tuning's seeds; choose one, as " + seed)
                .hasLineCount(1);
        CommandRunner.Result regression = CommandRunner.run("evaluate", seed, dev, "--task", "STS-B");
        assertThat(regression.code()).isEqualTo(1);
        assertThat(regression.err()).contains("the model has 2 outputs").hasLineCount(1);
    }

    @Test
    void wrongUse() throws IOException {
        Path output = directory.resolve("out");
        CommandRunner.Result unknown = finetune("SST-3", sst(), output);
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err())
                .contains("unknown task SST-3: expected one of CoLA")
                .hasLineCount(1);
        CommandRunner.Result absent = finetune("CoLA", sst(), output);
        assertThat(absent.code()).isEqualTo(1);
        assertThat(absent.err()).contains("expected train.tsv", "CoLA").hasLineCount(1);
        CommandRunner.Result tooLong = finetune("SST-2", sst(), output, "--max-length", "100000");
        assertThat(tooLong.code()).isEqualTo(2);
        assertThat(tooLong.err()).contains("positions of the model").hasLineCount(1);
        CommandRunner.Result noEpochs = finetune("SST-2", sst(), output, "--epochs", "0");
        assertThat(noEpochs.code()).isEqualTo(2);
        assertThat(noEpochs.err())
                .contains("finetune: the number of epochs must be positive, got 0.0 (")
                .hasLineCount(1);
        CommandRunner.Result infinite = finetune("SST-2", sst(), output, "--learning-rate", "Infinity");
        assertThat(infinite.code()).isEqualTo(2);
        assertThat(infinite.err())
                .contains("finetune: the learning rate must be finite, got Infinity (")
                .hasLineCount(1);
        CommandRunner.Result noMinutes = finetune("SST-2", sst(), output, "--snapshot-minutes", "-1");
        assertThat(noMinutes.code()).isEqualTo(2);
        assertThat(noMinutes.err())
                .contains("the minutes between snapshots must not be negative, got -1.0 (")
                .hasLineCount(1);
        assertThat(output).doesNotExist();
    }
}
