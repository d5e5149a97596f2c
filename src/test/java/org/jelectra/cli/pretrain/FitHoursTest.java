package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.jelectra.io.Json;
import org.jelectra.pretrain.MetricsLog;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.RunSoFar;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code pretrain --fit-hours}. */
class FitHoursTest {

    @TempDir
    private Path directory;

    private List<String> begin;

    /** {@link TinyRun} without its length and its intervals. */
    @BeforeEach
    void write() throws IOException {
        begin = List.of(("pretrain --data " + TinyRun.writeText(directory) + " --vocab "
                        + TinyRun.writeVocabulary(directory)
                        + " --batch 4 --sequence-length 32 --hidden-size 32 --layers 1 --heads 2 --embedding-size 16"
                        + " --held-out 0.2 --backend cpu")
                .split(" "));
    }

    private CommandRunner.Result pretrain(Path run, String... more) {
        List<String> arguments = new ArrayList<>(begin);
        arguments.addAll(List.of("--output", run.toString()));
        arguments.addAll(List.of(more));
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    @Test
    void theRunIsOneOfTheStepsThatFit() throws IOException {
        Path run = directory.resolve("run");
        CommandRunner.Result result = assertSuccess(pretrain(run, "--fit-hours", "0.0006"));
        assertThat(result.out())
                .containsPattern("[\\d,]+ steps fit into 6.0E-4 hours: .* ms each in the mean of \\d+, ");
        PretrainSettings settings = RunSoFar.settings(run);
        int steps = settings.steps();
        assertThat(result.out()).contains(String.format(Locale.ROOT, "training  %,d steps of", steps));
        assertThat(settings.warmupSteps()).isEqualTo(Math.min(400, steps / 10.0));
        JsonObject options = Json.read(run.resolve("settings.json")).getAsJsonObject("options");
        assertThat(options.has("--fit-hours")).isFalse();
        assertThat(options.get("--max-steps").getAsString()).isEqualTo(Integer.toString(steps));

        // it goes on with its steps, whatever the machine does now, and so does one like it
        assertThat(CommandRunner.run("pretrain", "--resume", run.toString()).out())
                .contains(String.format(Locale.ROOT, "resumed after step %,d of %,d", steps, steps));
        assertThat(CommandRunner.run("pretrain", "--resume", run.toString(), "--fit-hours", "6.0E-4")
                        .err())
                .contains("a resumed run keeps its number of steps: expected no --fit-hours beside --resume;");
        Path like = directory.resolve("like");
        assertSuccess(CommandRunner.run("pretrain", "--like", run.toString(), "--output", like.toString()));
        assertThat(RunSoFar.settings(like)).isEqualTo(settings);

        // the rehearsal leaves no trace in the numbers
        Path plain = directory.resolve("plain");
        assertThat(pretrain(plain, "--max-steps", Integer.toString(steps)).code())
                .isZero();
        assertThat(losses(run)).isNotEmpty().isEqualTo(losses(plain));
    }

    private static List<Double> losses(Path run) throws IOException {
        return MetricsLog.read(run).stream()
                .map(metrics -> metrics.training().totalLoss())
                .toList();
    }

    @Test
    void anotherRunsLengthIsReplaced() throws IOException {
        Path first = directory.resolve("first");
        assertThat(pretrain(first, "--max-steps", "3").code()).isZero();
        Path second = directory.resolve("second");
        assertSuccess(CommandRunner.run(
                "pretrain", "--like", first.toString(), "--output", second.toString(), "--fit-hours", "0.0006"));
        assertThat(RunSoFar.settings(second).steps()).isGreaterThan(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--fit-hours 1 --max-steps 5|--fit-hours sets the number of steps: expected no --max-steps beside it, got 5 (",
                "--fit-hours 1 --max-epochs 2|expected no --max-epochs beside it, got 2.0 (",
                "--fit-hours 1 --max-flops 1e15|expected no --max-flops beside it, got 1.0E15 (",
                "--fit-hours 2 --max-hours 1|--max-hours must be at least --fit-hours, or the run ends early: got 1.0 and 2.0 (",
                "--fit-hours 0|the number of hours to fit must be positive, got 0.0 (",
                "--fit-hours 1e-12|--fit-hours must hold a step and an evaluation, which take "
            })
    void wrongUsage(String options, String message) {
        CommandRunner.Result result = pretrain(directory.resolve("run"), options.split(" "));
        assertThat(result.err()).contains(message);
        assertThat(result.code()).isEqualTo(2);
    }
}
