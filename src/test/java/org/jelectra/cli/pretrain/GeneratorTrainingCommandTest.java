package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertFailure;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.jelectra.io.SafetensorsReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other ways of training the generator: alone and before the discriminator, and against it. */
class GeneratorTrainingCommandTest {

    private static final String FROZEN = "--generator-training frozen";

    @TempDir
    Path folder;

    private Path text;
    private Path vocabulary;
    private Path first;

    @BeforeEach
    void trainTheGenerator() throws IOException {
        text = TinyRun.writeText(folder);
        vocabulary = TinyRun.writeVocabulary(folder);
        first = folder.resolve("mlm");
        List<String> arguments = new ArrayList<>(TinyRun.arguments(text, vocabulary, first));
        arguments.addAll(List.of("--objective", "mlm"));
        assertSuccess(CommandRunner.run(arguments.toArray(String[]::new)));
    }

    /** The second stage, with the sizes of the first one. */
    private CommandRunner.Result second(Path output, String options) {
        String line = "pretrain --data " + text + " --vocab " + vocabulary + " --output " + output
                + " --max-steps 4 --batch 4 --sequence-length 32 --held-out 0.2 --log-every 1 --snapshot-steps 1 --keep 9 "
                + options;
        return CommandRunner.run(line.strip().split(" +"));
    }

    private static Path weights(Path run, String network) {
        return run.resolve(network).resolve("model.safetensors");
    }

    @Test
    void theDiscriminatorBeginsWithTheGeneratorsEncoder() throws IOException {
        Path run = folder.resolve("run");
        // a rate too small to change anything: what is saved are the weights that the run began with
        CommandRunner.Result result =
                assertSuccess(second(run, FROZEN + " --learning-rate 1e-30 --init-from " + first));

        assertThat(result.out())
                .contains("sizes and dropout that no option names are as in " + first.resolve("generator/config.json")
                        + "; the rest")
                .contains("generator from " + first.resolve("generator"))
                .contains("discriminator from " + first.resolve("generator"))
                .contains("missing (begin at random): 4 (discriminator_predictions.dense.weight, ")
                .contains("generator of 1 layers x 32 (frozen), nothing shared");
        int encoder = 0;
        try (SafetensorsReader generator = SafetensorsReader.open(weights(first, "generator"));
                SafetensorsReader discriminator = SafetensorsReader.open(weights(run, "discriminator"))) {
            for (String name : discriminator.names()) {
                if (name.startsWith("electra.")) {
                    encoder++;
                    assertThat(discriminator.floats(name)).as(name).containsExactly(generator.floats(name));
                }
            }
            assertThat(encoder).isEqualTo((int) generator.names().stream()
                    .filter(name -> name.startsWith("electra."))
                    .count());
        }
    }

    @Test
    void theGeneratorStaysAndTheRunCanBeInterrupted() throws IOException {
        Path run = folder.resolve("run");
        assertSuccess(second(run, FROZEN + " --learning-rate 1e-2 --init-from " + first));

        assertThat(weights(run, "generator")).hasSameBinaryContentAs(weights(first, "generator"));
        byte[] whole = Files.readAllBytes(weights(run, "discriminator"));
        try (SafetensorsReader generator = SafetensorsReader.open(weights(first, "generator"));
                SafetensorsReader discriminator = SafetensorsReader.open(weights(run, "discriminator"))) {
            String name = "electra.encoder.layer.0.output.dense.weight";
            assertThat(discriminator.floats(name)).isNotEqualTo(generator.floats(name));
        }
        assertThat(Files.readAllLines(run.resolve("metrics.jsonl")))
                .hasSize(1 + 4) // the first weights' evaluation too
                .allSatisfy(line -> assertThat(line).containsPattern("generator_loss\":\\d+\\.\\d+"));

        for (int step = 3; step <= 4; step++) {
            Files.delete(run.resolve("snapshots").resolve(String.format("step-%09d.snapshot", step)));
        }
        CommandRunner.Result resumed = assertSuccess(CommandRunner.run("pretrain", "--resume", run.toString()));
        assertThat(resumed.out()).contains("resumed after step 2 of 4");
        assertThat(weights(run, "discriminator")).hasBinaryContent(whole);
        assertSuccess(CommandRunner.run("predict", run.toString(), "the cat sees a dog ."));
    }

    @Test
    void encodersOfOtherSizesAreRefused() {
        Path run = folder.resolve("run");
        assertFailure(
                second(run, FROZEN + " --hidden-size 64 --init-from " + first),
                1,
                first.resolve("generator/config.json")
                        + ": the run's discriminator has other sizes: hidden_size 32 in the" + " file, 64 in the run",
                "; leave the sizes out");
        assertFailure(
                second(run, FROZEN + " --generator-size 0.5 --init-from " + first),
                1,
                "the run's generator has other sizes: ",
                "hidden_size 32 in the file, 16 in the run");
        assertThat(run).doesNotExist();
    }

    @Test
    void whatMakesNoSenseIsWrongUsage() throws IOException {
        Path run = folder.resolve("run");
        assertFailure(
                second(run, FROZEN + " --sharing embeddings --init-from " + first),
                2,
                "--generator-training frozen needs --sharing none, which is then the default",
                "got embeddings");
        assertFailure(second(run, FROZEN), 2, "needs --init-from a run that has trained a generator", "no --init-from");
        assertFailure(
                second(run, FROZEN + " --objective mlm --init-from " + first),
                2,
                "--generator-training needs ",
                "--objective electra: mlm trains one encoder alone");
        assertFailure(second(run, FROZEN + " --objective mlm"), 2, "mlm trains one encoder alone");
        Path both = folder.resolve("both");
        assertSuccess(second(both, "--sharing none --hidden-size 32 --layers 1 --heads 2 --generator-size 0.5"));
        assertFailure(
                second(run, FROZEN + " --init-from " + both.resolve("discriminator")),
                2,
                "got weights of a discriminator alone");
        // a generator of its own size, and a discriminator that began apart from it
        assertSuccess(second(run, FROZEN + " --init-from " + both));
        assertThat(weights(run, "generator")).hasSameBinaryContentAs(weights(both, "generator"));
    }

    @Test
    void anAdversarialGeneratorIsTrained() throws IOException {
        Path run = folder.resolve("run");
        String options = "--generator-training adversarial --hidden-size 32 --layers 1 --heads 2";
        CommandRunner.Result result = assertSuccess(second(run, options));

        assertThat(result.out())
                .contains(" layers x 8 trained against it, embeddings shared")
                .containsPattern("reward \\d\\.\\d{3}");
        assertThat(Files.readAllLines(run.resolve("metrics.jsonl")))
                .hasSize(4)
                .allSatisfy(line -> assertThat(line)
                        .containsPattern("\"generator_loss\":\\d+\\.\\d+")
                        .containsPattern("\"generator_reward\":\\d\\.\\d+")
                        .containsPattern("\"baseline_loss\":\\d\\.\\d+"));
        try (SafetensorsReader generator = SafetensorsReader.open(weights(run, "generator"))) {
            assertThat(generator.names()).noneMatch(name -> name.contains("baseline"));
        }
        byte[] whole = Files.readAllBytes(weights(run, "generator"));
        Files.delete(run.resolve("snapshots/step-000000004.snapshot"));
        assertSuccess(CommandRunner.run("pretrain", "--resume", run.toString()));
        assertThat(weights(run, "generator")).hasBinaryContent(whole);

        assertSuccess(second(folder.resolve("on"), "--init-from " + run + " --generator-training adversarial"));
        assertFailure(
                second(folder.resolve("warm"), options + " --temperature 2"),
                2,
                "an adversarial generator samples at temperature 1, got 2");
        assertFailure(
                second(folder.resolve("twice"), options + " --reference-compatible"),
                2,
                "needs distinct masked positions");
    }

    /** Any main network reads what a frozen generator samples; only a discriminator's loss is a reward. */
    @Test
    void otherMainNetworksThanDiscriminators() throws IOException {
        Path run = folder.resolve("run");
        CommandRunner.Result result =
                assertSuccess(second(run, FROZEN + " --objective replace-mlm --init-from " + first));
        assertThat(result.out())
                .contains("discriminator from " + first.resolve("generator"))
                .doesNotContain("missing (begin at random): 4");
        assertThat(weights(run, "generator")).hasSameBinaryContentAs(weights(first, "generator"));
        assertFailure(
                second(folder.resolve("other"), "--generator-training adversarial --objective replace-mlm"),
                2,
                "generator training adversarial needs a discriminator beside the generator, got objective replace-mlm");
        assertSuccess(second(
                folder.resolve("selected"),
                "--generator-training adversarial --objective electra-15 --hidden-size 32 --layers 1 --heads 2"));
    }

    @Test
    void theMemoryIsPlanned() {
        double usual = total(assertSuccess(CommandRunner.run("plan", "--preset", "tiny")));
        CommandRunner.Result adversarial =
                assertSuccess(CommandRunner.run("plan", "--preset", "tiny", "--generator-training", "adversarial"));
        assertThat(total(adversarial)).isPositive().isNotEqualTo(usual);

        String begin = "plan --preset tiny --sharing none --init-from " + first;
        double both = total(assertSuccess(CommandRunner.run(begin.split(" "))));
        double frozen = total(assertSuccess(CommandRunner.run((begin + " " + FROZEN).split(" "))));
        assertThat(frozen).isPositive().isNotEqualTo(both);
    }

    /** Of the CPU, in MB. */
    private static double total(CommandRunner.Result plan) {
        String line = plan.out()
                .lines()
                .filter(text -> text.startsWith("total "))
                .findFirst()
                .orElseThrow();
        return Double.parseDouble(line.strip().split(" +")[1]);
    }
}
