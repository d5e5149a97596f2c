package org.jelectra.cli.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.jelectra.cli.CommandRunner.assertFailure;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jelectra.backend.ComputedBy;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.jelectra.electra.Preset;
import org.jelectra.electra.heads.SequenceHead;
import org.jelectra.finetune.Evaluation;
import org.jelectra.finetune.GlueTable;
import org.jelectra.finetune.SeedResult;
import org.jelectra.finetune.data.GlueTasks;
import org.jelectra.io.Json;
import org.jelectra.io.Sha256;
import org.jelectra.pretrain.SnapshotFolder;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FlopsCommandTest {

    @TempDir
    private Path directory;

    private static CommandRunner.Result flops(String... options) {
        List<String> arguments = new ArrayList<>(List.of("flops"));
        arguments.addAll(List.of(options));
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    private static JsonObject row(String name, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.add("--json");
        CommandRunner.Result result = flops(arguments.toArray(String[]::new));
        assertThat(result.err()).isEmpty();
        for (JsonElement row : Json.parse(result.out(), "output").getAsJsonArray("models")) {
            if (row.getAsJsonObject().get("name").getAsString().equals(name)) {
                return row.getAsJsonObject();
            }
        }
        throw new AssertionError("no row " + name + " in " + result.out());
    }

    private static double number(JsonObject row, String name) {
        return row.get(name).getAsDouble();
    }

    @Test
    void theTableOfTheDocumentation() {
        CommandRunner.Result result = assertSuccess(flops());
        assertThat(result.out().lines().filter(line -> line.startsWith("|")).map(String::length))
                .as("columns are even")
                .containsOnly(result.out().indexOf('\n'));
        assertThat(Path.of("docs/compute.md"))
                .as("docs/compute.md shows what the command prints")
                .content()
                .contains(result.out());
    }

    @Test
    void whatIsPublishedOfElectraSmall() throws IOException {
        JsonObject small = row("ELECTRA-Small");

        assertThat(number(small, "training_flops")).isEqualTo(1.293743798272e18);
        assertThat(number(small, "relative_to_electra_small")).isEqualTo(1);
        assertThat(number(small, "printed_training_flops")).isEqualTo(1.4e18);
        assertThat(number(small, "forward_flops")).isEqualTo(3_677_281_792.0);
        assertThat(number(small, "parameters")).isEqualTo(13_549_057);
        assertThat(number(small, "trained_parameters")).isEqualTo(14_196_219);
        assertThat(number(small, "matrix_product_flops")).isBetween(1.1499e18, 1.15e18);
        assertThat(small.getAsJsonObject("glue_development").toString())
                .isEqualTo("{\"average\":79.9,\"source\":\"Clark et al. 2020, Table 1\",\"verified\":true}");
        assertThat(small.getAsJsonObject("glue_test").get("verified").getAsBoolean())
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void everyPresetHasARow(Preset preset) throws IOException {
        String pattern = "(?m)^\\| ([^|]*\\S) *\\| +" + preset.label().replace("+", "\\+") + " \\|";
        Matcher line = Pattern.compile(pattern).matcher(flops().out());
        assertThat(line.find()).isTrue();
        JsonObject known = row(line.group(1));
        JsonObject own = row("these options", "--preset", preset.label());
        for (String value : List.of("training_flops", "matrix_product_flops", "steps", "parameters")) {
            assertThat(number(own, value)).as(value).isEqualTo(number(known, value));
        }
    }

    @Test
    void aTrainingOfOnesOwn() throws IOException {
        JsonObject own = row("these options", "--preset", "small", "--batch", "8", "--max-steps", "1");
        assertThat(number(own, "training_flops")).isEqualTo(80_858_987_392.0);
        assertThat(own.get("kind").getAsString()).isEqualTo("configuration");

        // the backward pass of a generator of equal size is a quarter of the work, but for the heads
        JsonObject trained = row("these options", "--sharing", "none", "--generator-size", "1");
        JsonObject frozen = row("these options", "--generator-training", "frozen", "--generator-size", "1");
        assertThat(number(frozen, "training_flops") / number(trained, "training_flops"))
                .isBetween(0.7, 0.8);

        JsonObject bought = row("these options", "--preset", "small", "--max-flops", "1e16", "--sequence-length", "64");
        double step = number(bought, "training_flops") / number(bought, "steps");
        assertThat(number(bought, "training_flops")).isBetween(1e16 - step, 1e16);
        assertThat(number(row("these options", "--max-steps", "7", "--max-flops", "1e16"), "steps"))
                .isEqualTo(7);
        assertThat(number(row("these options", "--vocab-size", "30522"), "parameters"))
                .isGreaterThan(number(row("these options", "--preset", "tiny"), "parameters"));
    }

    @Test
    void aRunAndItsGlueAverage() throws IOException {
        Path run = finished("run");
        double planned = number(Json.read(run.resolve("settings.json")), "trainingFlops");
        assertThat(number(row("run", run.toString()), "training_flops")).isEqualTo(planned);
        assertThat(row("run", run.toString()).get("glue_development").isJsonNull())
                .isTrue();

        logs(run, 3);
        assertThat(number(row("run", run.toString()), "steps"))
                .as("that of its models, as after Ctrl-C between two logged steps")
                .isEqualTo(6);
        for (String network : List.of("discriminator", "generator")) {
            Files.delete(run.resolve(network).resolve("pretraining.json")); // models that do not say
        }
        JsonObject half = row("run", run.toString());
        assertThat(number(half, "steps")).isEqualTo(3);
        assertThat(number(half, "training_flops")).isEqualTo(planned / 2);
        assertThat(half.get("note").getAsString()).isEqualTo("so far, of 6 steps");

        table(run.resolve("glue"), run, "0.625");
        table(directory.resolve("glue"), run.resolve("discriminator"), "0.75");
        assertThat(number(row("run", run.toString()).getAsJsonObject("glue_development"), "average"))
                .isEqualTo(62.5);
        Path picture = directory.resolve("picture");
        CommandRunner.Result result =
                flops(run.toString(), "--glue", directory.resolve("glue").toString(), "--plot", picture.toString());
        assertThat(result.out())
                .containsPattern("(?m)^\\| run .* 75\\.0 \\[1\\] \\|")
                .contains("[1] " + directory.resolve("glue/glue.json") + ", measured here")
                .endsWith(picture + ".png\n" + picture + ".svg\n");
        assertThat(directory.resolve("picture.svg"))
                .content()
                .contains(
                        ">run<",
                        ">ELECTRA-Small<",
                        ">BERT-Base<",
                        "rgb(0,114,178)",
                        "rgb(213,94,0)",
                        "rgb(119,119,119)");
        assertThat(Files.readAllBytes(directory.resolve("picture.png"))).startsWith(0x89, 'P', 'N', 'G');
    }

    /** Such an average flatters, and says so wherever it stands. */
    @Test
    void anAverageOfTheBestWeightsIsMarked() throws IOException {
        Path run = finished("run");
        GlueTable table = new GlueTable(run.toString(), SequenceHead.HUGGINGFACE, true);
        Evaluation evaluation = new Evaluation("accuracy", Map.of("accuracy", 0.75), false);
        SeedResult seed = new SeedResult(
                1, "seed-1", evaluation, 3, 0.75, 3, 6, 1, new ComputedBy("cpu", "vector", DType.FLOAT32));
        JsonObject settings = Json.parse("{\"hiddenSize\": 32}", "settings");
        GlueTasks.all().forEach(task -> table.add(task.name(), List.of(seed), 0, settings));
        Path glue = Files.createDirectories(directory.resolve("glue"));
        table.write(glue);
        assertThat(table.markdown()).contains("| " + run + " (best on the development set) ");
        String picture = directory.resolve("x.svg").toString();
        CommandRunner.Result result =
                assertSuccess(flops(run.toString(), "--glue", glue.toString(), "--plot", picture));
        assertThat(result.out())
                .containsPattern("(?m)^\\| run \\(best on the development set\\) .* 75\\.0 \\[1\\] \\|")
                .contains("(--keep best), and not to be compared with published ones");
        assertThat(Path.of(picture)).content().contains(">run (best on the development set)<");
    }

    /** A run that has gone on is not as good as the table says, nor is another model whose table lies in its folder. */
    @Test
    void anAverageIsOfTheWeightsThatItSays() throws IOException {
        Path run = finished("run");
        Path weights = run.resolve("discriminator/model.safetensors");
        String hash = Sha256.of(weights);
        table(run.resolve("glue"), Path.of("elsewhere"), "0.5, \"SHA-256 of model.safetensors\": \"" + hash + '"');
        JsonObject row = row("run", run.toString());
        assertThat(number(row.getAsJsonObject("glue_development"), "average")).isEqualTo(50);
        assertThat(row.get("note").getAsString()).isEmpty();
        assertThat(flops(run.toString(), "--glue", run.resolve("glue").toString())
                        .code())
                .isZero();

        byte[] further = Files.readAllBytes(weights);
        further[further.length - 1] ^= 1;
        Files.write(weights, further);
        row = row("run", run.toString());
        assertThat(row.get("glue_development").isJsonNull()).isTrue();
        assertThat(row.get("note").getAsString())
                .isEqualTo("no GLUE average: " + run.resolve("glue/glue.json")
                        + " is of elsewhere with other weights than the run has now; measure these with 'jelectra glue' and"
                        + " another --output");
        // which lies anywhere, and the old one where it was
        String now = "0.75, \"SHA-256 of model.safetensors\": \"" + Sha256.of(weights) + '"';
        table(directory.resolve("again"), run, now);
        row = row("run", run.toString(), "--glue", directory.resolve("again").toString());
        assertThat(number(row.getAsJsonObject("glue_development"), "average")).isEqualTo(75);

        Files.move(weights, directory.resolve("weights"));
        Files.delete(run.resolve("generator/model.safetensors"));
        row = row("run", run.toString());
        assertThat(row.get("glue_development").isJsonNull()).isTrue();
        assertThat(row.get("note").getAsString())
                .isEqualTo("no GLUE average: " + run.resolve("glue/glue.json")
                        + " is of elsewhere, and the run's weights are not there to compare");
        Files.move(directory.resolve("weights"), weights);

        table(run.resolve("glue"), run, "0.5");
        row = row("run", run.toString());
        assertThat(number(row.getAsJsonObject("glue_development"), "average")).isEqualTo(50);
        assertThat(row.get("note").getAsString()).isEmpty();
        assertThat(row.getAsJsonObject("glue_development").get("source").getAsString())
                .isEqualTo(
                        run.resolve("glue/glue.json") + ", measured here, medians; it does not say of which weights it"
                                + " is; 'jelectra glue' with --resume adds that");
    }

    /** It was killed before it saved them again: they are not what it has spent by now. */
    @Test
    void aRunThatHasGoneOnHasNoAverageUntilItSavesItsModels() throws IOException {
        Path run = finished("run");
        Path weights = run.resolve("discriminator/model.safetensors");
        table(run.resolve("glue"), run, "0.5, \"SHA-256 of model.safetensors\": \"" + Sha256.of(weights) + '"');
        Path saved = run.resolve("discriminator/pretraining.json");
        JsonObject json = Json.read(saved);
        json.addProperty("step", 3);
        Json.write(saved, json);
        JsonObject row = row("run", run.toString());
        assertThat(number(row, "steps")).isEqualTo(6);
        assertThat(row.get("glue_development").isJsonNull()).isTrue();
        assertThat(row.get("note").getAsString())
                .isEqualTo("no GLUE average: that of " + run.resolve("glue/glue.json")
                        + " is of step 3 at the latest, when the run has last saved its models");

        logs(run, 3);
        row = row("run", run.toString());
        assertThat(number(row.getAsJsonObject("glue_development"), "average")).isEqualTo(50);
    }

    /** The milestone was exported into the run's folder. */
    @Test
    void aTableOfAMilestoneDoesNotHideThatOfItsRun() throws IOException {
        Path run = finished("run");
        Path half = run.resolve("half");
        assertSuccess(
                CommandRunner.run("export", new SnapshotFolder(run).file(3).toString(), "--output", half.toString()));
        for (Path model : List.of(run.resolve("discriminator"), half)) {
            String hash = Sha256.of(model.resolve("model.safetensors"));
            String average = (model == half ? "0.5" : "0.75") + ", \"SHA-256 of model.safetensors\": \"" + hash + '"';
            table(model == half ? half.resolve("glue") : run.resolve("glue"), model, average);
        }
        String named = half.resolve("glue").toString();
        for (String name : List.of("run", "half")) {
            JsonObject row = row(name, run.toString(), half.toString(), "--glue", named);
            assertThat(number(row.getAsJsonObject("glue_development"), "average"))
                    .as(name)
                    .isEqualTo(name.equals("half") ? 50 : 75);
        }
    }

    /** A copy of a run, as it would be had it been begun with something else. */
    private Path like(Path run, String name, String average, Consumer<JsonObject> change) throws IOException {
        Path copy = directory.resolve(name);
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(run.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        JsonObject settings = Json.read(copy.resolve("settings.json"));
        change.accept(settings);
        Json.write(copy.resolve("settings.json"), settings);
        table(copy.resolve("glue"), copy, average);
        return copy;
    }

    private static Consumer<JsonObject> set(Object... namesAndValues) {
        return json -> {
            for (int i = 0; i < namesAndValues.length; i += 2) {
                String[] path = ((String) namesAndValues[i]).split("\\.");
                JsonObject in = path.length == 1 ? json : json.getAsJsonObject(path[0]);
                in.add(path[path.length - 1], new Gson().toJsonTree(namesAndValues[i + 1]));
            }
        };
    }

    private static List<JsonObject> means(List<Path> runs) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--json"));
        runs.forEach(run -> arguments.add(run.toString()));
        CommandRunner.Result result = assertSuccess(flops(arguments.toArray(String[]::new)));
        List<JsonObject> means = new ArrayList<>();
        for (JsonElement row : Json.parse(result.out(), "output").getAsJsonArray("models")) {
            if (row.getAsJsonObject().get("kind").getAsString().equals("seeds")) {
                means.add(row.getAsJsonObject());
            }
        }
        return means;
    }

    /** Others than the first three are other experiments, or have no average. */
    @Test
    void runsThatDifferInTheSeedAloneHaveAMean() throws IOException {
        Path run = finished("a");
        List<Path> runs = new ArrayList<>(List.of(run));
        table(run.resolve("glue"), run, "0.5");
        String seed = "settings.seed";
        runs.add(like(run, "b", "0.6", set(seed, 2, "settings.microBatches", 2, "settings.logEvery", 6)));
        runs.add(like(run, "c", "0.55", set(seed, 3, "settings.evaluateEvery", 1, "text.packingSeed", 3)));
        runs.add(like(run, "copy", "0.9", set(seed, 1)));
        runs.add(like(run, "rate", "0.7", set(seed, 4, "settings.learningRate", 1e-3)));
        runs.add(like(run, "text", "0.7", set(seed, 5, "text.heldOutFraction", 0.5)));
        runs.add(like(run, "warm", "0.7", set(seed, 6, "options.--init-from", List.of("a"))));
        runs.add(like(run, "none", "null", set(seed, 7)));
        runs.add(like(run, "precision", "0.7", set(seed, 8, "precision", "bf16")));
        runs.add(like(run, "prepared", "0.7", set(seed, 9, "text.prepared", true)));
        runs.add(like(run, "old", "0.7", set(seed, 10, "text", null)));
        assertThat(means(runs)).singleElement().satisfies(mean -> {
            assertThat(mean.get("name").getAsString()).isEqualTo("a and 2 more seeds");
            assertThat(number(mean, "steps")).isEqualTo(6);
            assertThat(number(mean, "training_flops")).isEqualTo(number(row("a", run.toString()), "training_flops"));
            assertThat(mean.get("note").getAsString()).isEmpty();
            JsonObject score = mean.getAsJsonObject("glue_development");
            assertThat(number(score, "average")).isCloseTo(55, within(1e-9));
            assertThat(number(score, "standard_deviation")).isCloseTo(5, within(1e-9));
        });

        List<String> arguments = new ArrayList<>();
        runs.forEach(path -> arguments.add(path.toString()));
        assertThat(row("a", arguments.toArray(String[]::new)).getAsJsonObject("glue_development"))
                .isEqualTo(row("a", run.toString()).getAsJsonObject("glue_development"));
        arguments.addAll(List.of("--plot", directory.resolve("x.svg").toString()));
        CommandRunner.Result result = assertSuccess(flops(arguments.toArray(String[]::new)));
        assertThat(result.out())
                .containsPattern("(?m)^\\| a and 2 more seeds +\\| .* 55\\.0 \\(5\\.0\\) \\[\\d+\\] \\|")
                .contains("] mean and standard deviation of the averages of a, b, c\n")
                .containsOnlyOnce("mean and standard");
        assertThat(directory.resolve("x.svg")).content().contains(">a<", ">b<").doesNotContain("more seeds");
    }

    /** With another seed the text is packed in another way, unless it was prepared: then it is another text. */
    @Test
    void runsOfPreparedTextHaveTheSamePacking() throws IOException {
        Path run = finished("run");
        String seed = "settings.seed";
        List<Path> runs = List.of(
                like(run, "a", "0.5", set("text.prepared", true)),
                like(run, "b", "0.5", set(seed, 2, "text.prepared", true)),
                like(run, "c", "0.5", set(seed, 3, "text.prepared", true, "text.packingSeed", 9)));
        assertThat(means(runs))
                .singleElement()
                .satisfies(mean -> assertThat(mean.get("name").getAsString()).isEqualTo("a and 1 more seed"));
    }

    /** A mean flatters as its runs do, and has cost more, as they have. */
    @Test
    void aMeanHasTheMarkAndTheNotesOfItsRuns() throws IOException {
        Path run = finished("run");
        List<Path> runs = new ArrayList<>();
        for (int seed = 1; seed < 4; seed++) {
            Path copy = like(
                    run, "warm-" + seed, "0.5", set("settings.seed", seed, "options.--init-from", List.of("weights")));
            String kept = seed < 3 ? "best on the development set" : "last";
            Json.write(
                    copy.resolve("glue/glue.json"),
                    Json.parse("{\"model\": \"" + copy + "\", \"kept\": \"" + kept + "\", \"average\": 0.5}", "table"));
            runs.add(copy);
        }
        assertThat(means(runs)).singleElement().satisfies(mean -> {
            assertThat(mean.get("name").getAsString())
                    .isEqualTo("warm-1 and 1 more seed (best on the development set)");
            assertThat(mean.get("note").getAsString())
                    .isEqualTo(
                            "without the training of the weights that it began with (--init-from); its GLUE average is"
                                    + " of weights chosen by the sets that they are measured on (--keep best), and not to be"
                                    + " compared with published ones");
        });
    }

    /** What is compared has been measured in the same way. */
    @Test
    void averagesThatWereMeasuredInOtherWaysHaveNoMean() throws IOException {
        Path run = finished("run");
        List<String> measured = List.of(
                "\"head\": \"linear\", \"tasks\": {\"CoLA\": {\"runs\": 3, \"settings\": {\"epochs\": 3.0,"
                        + " \"evaluationsPerEpoch\": 1, \"SHA-256 of model.safetensors\": \"a\"}}}",
                "\"head\": \"linear\", \"tasks\": {\"CoLA\": {\"runs\": 3, \"settings\": {\"epochs\": 3.0,"
                        + " \"evaluationsPerEpoch\": 2, \"microBatches\": 4, \"SHA-256 of model.safetensors\": \"b\"}}}",
                "\"head\": \"linear\", \"tasks\": {\"CoLA\": {\"runs\": 3, \"settings\": {\"epochs\": 10.0}}}",
                "\"head\": \"linear\", \"tasks\": {\"CoLA\": {\"runs\": 5, \"settings\": {\"epochs\": 3.0}}}",
                "\"head\": \"huggingface\", \"tasks\": {\"CoLA\": {\"runs\": 3, \"settings\": {\"epochs\": 3.0}}}",
                "\"head\": \"linear\"");
        List<Path> runs = new ArrayList<>();
        for (int i = 0; i < measured.size(); i++) {
            runs.add(like(run, "seed-" + i, "0.5, " + measured.get(i), set("settings.seed", i)));
        }
        assertThat(means(runs))
                .singleElement()
                .satisfies(mean -> assertThat(mean.getAsJsonObject("glue_development")
                                .get("source")
                                .getAsString())
                        .isEqualTo("mean and standard deviation of the averages of seed-0, seed-1"));
    }

    @Test
    void runsWithoutAnAverageAreNotInThePlot() throws IOException {
        Path run = finished("run");
        table(run.resolve("glue"), run, "null");
        CommandRunner.Result result = assertSuccess(
                flops(run.toString(), "--plot", directory.resolve("x.svg").toString()));
        assertThat(result.out())
                .contains("run: " + run.resolve("glue/glue.json") + " has no average: it needs a median of each")
                .contains("\nnot in the plot: run, of which there is no GLUE average");
        assertThat(directory.resolve("x.svg")).content().doesNotContain(">run<");
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        Path run = finished("run");
        table(directory.resolve("other"), directory, "0.5");
        table(directory.resolve("random"), Path.of(run + " (random weights)"), "0.5");
        fails("other/glue.json: expected results of one of the runs [" + run, run, "--glue", "other");
        fails("random/glue.json: expected results of one of the runs", run, "--glue", "random");
        fails("run: expected a directory that 'jelectra glue' has written, found no glue.json", run, "--glue", "run");
        Files.writeString(run.resolve("settings.json"), "{\"settings\": {\"batchSize\": 3}}");
        fails("run/settings.json: expected the \"settings\" of a run as 'jelectra pretrain' writes them", run);
        Files.delete(run.resolve("settings.json"));
        fails("run: expected the directory of a run of 'jelectra pretrain', found no settings.json", run);
        fails("none: expected the directory of a run of 'jelectra pretrain'", directory.resolve("none"));
    }

    private void fails(String message, Path run, String... options) {
        List<String> arguments = new ArrayList<>(List.of(run.toString()));
        for (String option : options) {
            arguments.add(
                    option.startsWith("--") ? option : directory.resolve(option).toString());
        }
        CommandRunner.Result result = flops(arguments.toArray(String[]::new));
        assertThat(result.err())
                .startsWith("jelectra: " + directory.resolve(message.substring(0, message.indexOf(':'))));
        assertThat(result.err()).contains(message);
        assertThat(result.code()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--max-flops=1000|the number of FLOPs must be finite and at least that of one step, ",
                "--max-flops=Infinity|got Infinity",
                "--max-steps=0|--max-steps must be positive, got 0",
                "--sequence-length=600|must not exceed the model's --positions, got 600 and 512",
                "--hidden-size=100|--hidden-size 100 cannot be divided among 3 heads of about 32 values",
                "--plot=x.pdf|--plot must end in .png or .svg, or in neither for both, got x.pdf"
            })
    void wrongUsage(String option, String message) {
        assertFailure(flops(option), 2, message);
    }

    private Path finished(String name) throws IOException {
        Path run = directory.resolve(name);
        List<String> arguments = new ArrayList<>(
                TinyRun.arguments(TinyRun.writeText(directory), TinyRun.writeVocabulary(directory), run));
        arguments.addAll(List.of("--snapshot-steps", "3"));
        assertSuccess(CommandRunner.run(arguments.toArray(String[]::new)));
        return run;
    }

    private static void logs(Path run, int steps) throws IOException {
        Path log = run.resolve("metrics.jsonl");
        Files.write(log, Files.readAllLines(log).subList(0, steps));
    }

    private static void table(Path folder, Path model, String average) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve("glue.json"),
                "{\"model\": \"" + model + "\", \"kept\": \"last\", \"average\": " + average + "}");
    }
}
