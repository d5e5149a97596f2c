package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertFailure;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.FinishedRun;
import org.jelectra.cli.TinyRun;
import org.jelectra.electra.ModelFiles;
import org.jelectra.io.Json;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.pretrain.MetricsLog;
import org.jelectra.pretrain.StepMetrics;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs with the objectives between ELECTRA and BERT, and what the other commands make of their models. */
class ObjectivesCommandTest {

    @TempDir
    Path directory;

    private Path text;
    private Path vocabulary;
    private Path output;

    @BeforeEach
    void writeText() throws IOException {
        text = TinyRun.writeText(directory);
        vocabulary = TinyRun.writeVocabulary(directory);
        output = directory.resolve("run");
    }

    private CommandRunner.Result pretrain(Path run, String... more) {
        List<String> arguments = new ArrayList<>(TinyRun.arguments(text, vocabulary, run));
        arguments.addAll(Arrays.asList(more));
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    @Test
    void electra15IsADiscriminator() throws IOException {
        CommandRunner.Result result = assertSuccess(pretrain(output, "--objective", "electra-15"));
        assertThat(result.out())
                .contains("judged by the selected tokens alone", " + 50 x disc ")
                .contains("tells replaced from original tokens at the selected positions with AUC");
        assertThat(assertSuccess(CommandRunner.run("predict", output.toString(), "the cat sees a dog ."))
                        .out())
                .contains("tokens");
        List<StepMetrics> steps = MetricsLog.read(output);
        // a share of the selected positions, of which these networks guess few
        assertThat(steps.get(0).training().replacedFraction()).isGreaterThan(0.5);
        assertThat(Json.read(output.resolve("settings.json")).toString()).contains("\"objective\":\"ELECTRA_15\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"replace-mlm", "all-tokens-mlm"})
    void aMainNetworkThatPredictsTokens(String objective) throws IOException {
        CommandRunner.Result result = assertSuccess(pretrain(output, "--objective", objective));
        assertThat(result.out())
                .contains("main network of 1 layers x 32", " + 1 x main ", "main acc", "; main network loss ")
                .contains("the main network guesses ");
        Path main = output.resolve("discriminator");
        boolean copies = objective.equals("all-tokens-mlm");
        assertThat(Files.exists(main.resolve(ModelFiles.COPY_GATE))).isEqualTo(copies);
        assertThat(Json.read(main.resolve("config.json")).get("architectures").toString())
                .isEqualTo("[\"ElectraForMaskedLM\"]");
        StepMetrics last = MetricsLog.read(output).get(5);
        assertThat(last.evaluation().mainLoss()).isPositive();
        assertThat(last.evaluation().mainAccuracy()).isBetween(0.0, 1.0);
        assertThat(last.training().totalLoss())
                .isEqualTo(last.training().generatorLoss() + last.training().mainLoss());
        assertThat(last.evaluation().discriminatorAuc()).isNaN();

        String run = output.toString();
        assertFailure(
                CommandRunner.run("predict", run, "text"),
                1,
                "expected a discriminator, which predict needs, found a main network that predicts tokens (" + objective
                        + ")");
        assertFailure(CommandRunner.run("predict", "--as-is", run, "text"), 1, "expected a pre-trained discriminator");
        assertSuccess(CommandRunner.run("encode", run, "the cat", "--output", directory.resolve("v.npy") + ""));
        assertSuccess(CommandRunner.run("plot", run, "--output", directory.resolve("plot.svg") + ""));
        assertSuccess(CommandRunner.run(
                "plot", run, "--metrics", "eval_main_accuracy", "--output", directory.resolve("accuracy.svg") + ""));
        for (String network : List.of("discriminator", "generator")) {
            Path exported = directory.resolve("exported-" + network);
            CommandRunner.Result export = assertSuccess(
                    CommandRunner.run("export", run, "--network", network, "--output", exported.toString()));
            assertThat(export.out()).contains("ElectraForMaskedLM");
            assertThat(head(exported)).isEqualTo(head(output.resolve(network)));
        }
        assertThat(assertSuccess(CommandRunner.run("export", run, "--output", directory.resolve("exported") + ""))
                        .out())
                .contains("ElectraForMaskedLM");
        assertFailure(
                CommandRunner.run("export", run, "--format", "onnx", "--output", directory.resolve("m.onnx") + ""),
                1,
                "found ElectraForMaskedLM; its encoder alone can be written");
    }

    private static float[] head(Path folder) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(folder.resolve("model.safetensors"))) {
            return reader.floats("generator_predictions.dense.weight");
        }
    }

    @ParameterizedTest
    @CsvSource({"electra-15", "replace-mlm", "all-tokens-mlm"})
    void isFineTunedAndGoesOn(String objective) throws IOException {
        assertSuccess(pretrain(output, "--objective", objective, "--snapshot-steps", "2"));
        FinishedRun whole = FinishedRun.read(output, 6);
        Files.delete(output.resolve("snapshots/step-000000006.snapshot"));
        assertThat(assertSuccess(CommandRunner.run("pretrain", "--resume", output.toString()))
                        .out())
                .contains("resumed after step 4 of 6");
        assertThat(FinishedRun.read(output, 6)).isEqualTo(whole);

        Path second = directory.resolve("second");
        CommandRunner.Result result =
                assertSuccess(pretrain(second, "--objective", objective, "--init-from", output.toString()));
        assertThat(result.out().lines().filter(line -> line.contains("tensors loaded")))
                .hasSize(2)
                .allMatch(line -> line.endsWith("; missing (begin at random): none; unexpected (left out): none"));
        Path data = Files.createDirectories(directory.resolve("glue/sst"));
        String lines = "sentence\tlabel\n" + "the cat sees\t1\nthe dog sees\t0\n".repeat(8);
        Files.writeString(data.resolve("train.tsv"), lines);
        Files.writeString(data.resolve("dev.tsv"), lines);
        assertSuccess(CommandRunner.run(
                "finetune",
                "--model",
                output.toString(),
                "--task",
                "sst",
                "--data",
                directory.resolve("glue").toString(),
                "--output",
                directory.resolve("tuned").toString(),
                "--epochs",
                "1",
                "--batch",
                "8"));
    }

    /** The first weights of one objective are a start for another: what it lacks is as new. */
    @Test
    void oneObjectiveBeginsWithAnothersWeights() {
        assertSuccess(pretrain(output, "--objective", "electra"));
        CommandRunner.Result result = assertSuccess(pretrain(
                directory.resolve("second"), "--objective", "all-tokens-mlm", "--init-from", output.toString()));
        assertThat(result.out()).contains("missing (begin at random): 7 (generator_predictions.dense.weight, ");
    }

    /** Its class is the generator's: the folder's name tells it, and a copy gate wherever the folder is. */
    @ParameterizedTest
    @ValueSource(strings = {"replace-mlm", "all-tokens-mlm"})
    void aMainNetworkAloneIsNoGenerator(String objective) throws IOException {
        assertSuccess(pretrain(output, "--objective", objective));
        Path main = output.resolve("discriminator");
        Path second = directory.resolve("second");
        String loaded = assertSuccess(pretrain(
                        second,
                        "--objective",
                        objective,
                        "--learning-rate",
                        "1e-30",
                        "--init-from",
                        main.resolve("../discriminator").toString()))
                .out();
        assertThat(loaded)
                .contains("discriminator from " + main.getParent())
                .doesNotContain("generator from ")
                .contains("; missing (begin at random): none; unexpected (left out): none");
        assertThat(head(second.resolve("discriminator"))).isEqualTo(head(main));
        assertThat(head(second.resolve("generator"))).isNotEqualTo(head(output.resolve("generator")));
        assertFailure(
                CommandRunner.run("predict", main.toString(), "text"),
                1,
                "text 1: expected [MASK] in the place of each token that is to be guessed, found none");

        // the main network's width is that of the plan's discriminator, not of its generator
        String[] plan = {"plan", "--data", text.toString(), "--objective", objective, "--backend", "cpu", "--init-from"
        };
        String alone = planned(plan, main);
        assertThat(alone).isEqualTo(planned(plan, second));

        Path moved = Files.move(main, directory.resolve("moved"));
        if (objective.equals("all-tokens-mlm")) {
            assertThat(planned(plan, moved)).isEqualTo(alone);
        }
    }

    private static String planned(String[] plan, Path weights) {
        String[] arguments = Arrays.copyOf(plan, plan.length + 1);
        arguments[plan.length] = weights.toString();
        return assertSuccess(CommandRunner.run(arguments)).out();
    }

    @Test
    void masksOfBert() throws IOException {
        assertThat(assertSuccess(pretrain(
                                output,
                                "--objective",
                                "mlm",
                                "--mask-replace-prob",
                                "0.8",
                                "--random-replace-prob",
                                "0.1",
                                "--whole-word-masking"))
                        .out())
                .contains("masking   whole words, share that becomes [MASK] 0.8, a random token 0.1");
        assertThat(Json.read(output.resolve("settings.json"))
                        .getAsJsonObject("settings")
                        .getAsJsonObject("masking")
                        .toString())
                .contains("\"replaceWithMaskProbability\":0.8,\"replaceWithRandomProbability\":0.1");
        Path shards = directory.resolve("shards");
        assertSuccess(CommandRunner.run(
                "prepare",
                "--data",
                text.toString(),
                "--vocab",
                vocabulary.toString(),
                "--output",
                shards.toString(),
                "--sequence-length",
                "32"));
        String shown = assertSuccess(CommandRunner.run(
                        "inspect", shards.toString(), "--mask-replace-prob", "0", "--random-replace-prob", "1"))
                .out();
        assertThat(shown).containsPattern("\\[[a-z#.]+->[a-z#.]+]").doesNotContain("[MASK:", "->[");
        assertThat(CommandRunner.run("inspect", shards.toString(), "--random-replace-prob", "1")
                        .err())
                .contains("add up to at most 1, got 0.85 and 1.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"electra-15", "replace-mlm", "all-tokens-mlm"})
    void isPlanned(String objective) {
        String electra =
                assertSuccess(CommandRunner.run("plan", "--preset", "tiny")).out();
        String other = assertSuccess(CommandRunner.run("plan", "--preset", "tiny", "--objective", objective))
                .out();
        assertThat(other).contains("activations").isNotEqualTo(electra);
    }
}
