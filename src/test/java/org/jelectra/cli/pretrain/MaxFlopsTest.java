package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.jelectra.io.Json;
import org.jelectra.pretrain.MetricsLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pretrain --max-flops}. */
class MaxFlopsTest {

    @TempDir
    private Path directory;

    private double step;

    @BeforeEach
    void countAStep() throws IOException {
        String options =
                "flops --json --max-steps 1 --batch 4 --sequence-length 32 --hidden-size 32 --layers 1 --heads 2"
                        + " --embedding-size 16 --vocab-size 15";
        CommandRunner.Result result = CommandRunner.run(options.split(" "));
        step = Json.parse(result.out(), "output")
                .getAsJsonArray("models")
                .get(0)
                .getAsJsonObject()
                .get("training_flops")
                .getAsDouble();
    }

    private CommandRunner.Result pretrain(Path run, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(
                TinyRun.arguments(TinyRun.writeText(directory), TinyRun.writeVocabulary(directory), run));
        arguments.addAll(List.of(more));
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    @Test
    void endsTheRunAtTheStepsThatItBuys() throws IOException {
        Path run = directory.resolve("run");
        CommandRunner.Result result = assertSuccess(pretrain(run, "--max-flops", Double.toString(3.9 * step)));
        assertThat(result.out())
                .contains("training  3 steps of 4 x 32 tokens")
                .containsPattern(
                        "\ncompute   \\d\\.\\d{3}e\\d+ training FLOPs by the paper's count, \\d.*e-\\d+ times");
        assertThat(MetricsLog.read(run)).hasSize(3);
        JsonObject settings = Json.read(run.resolve("settings.json"));
        assertThat(settings.get("trainingFlops").getAsDouble()).isEqualTo(3 * step);
        assertThat(settings.getAsJsonObject("options").has("--max-flops")).isTrue();
        CommandRunner.Result again = CommandRunner.run("pretrain", "--resume", run.toString());
        assertThat(again.out()).contains("resumed after step 3 of 3");
    }

    @Test
    void theShortestLimitCounts() throws IOException {
        Path run = directory.resolve("run");
        assertThat(pretrain(run, "--max-flops", Double.toString(100 * step)).out())
                .contains("training  6 steps of");
    }

    @Test
    void lessThanOneStepIsWrongUsage() throws IOException {
        Path run = directory.resolve("run");
        CommandRunner.Result result = pretrain(run, "--max-flops", Double.toString(0.99 * step));
        assertThat(result.err()).contains("the number of FLOPs must be finite and at least that of one step, ");
        assertThat(result.code()).isEqualTo(2);
        assertThat(pretrain(run, "--max-flops", "0").err()).contains("the number of FLOPs must be positive, got 0.0");
        assertThat(pretrain(run, "--max-flops", "-1e9").code()).isEqualTo(2);
        assertThat(CommandRunner.run("pretrain", "--max-flops", "1e30").err())
                .contains("a run has at most 2147483647 steps, but the epochs or FLOPs that are given make ");
        assertThat(CommandRunner.run("pretrain", "--max-flops", "1e12", "--batch", "0")
                        .err())
                .contains("the batch size and the sequence length must be positive, got 0 and 32");
        assertThat(run).doesNotExist();
        assertThat(pretrain(run, "--max-flops", "1e12", "--max-epochs", "Infinity")
                        .out())
                .contains("training  6 steps of");
    }
}
