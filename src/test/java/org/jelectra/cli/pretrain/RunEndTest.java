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
import org.jelectra.pretrain.MetricsLog;
import org.jelectra.pretrain.StepMetrics;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a run of {@code pretrain} ends ({@code --max-epochs}, {@code --max-hours}). */
class RunEndTest {

    @TempDir
    Path folder;

    private Path text;
    private Path vocabulary;

    @BeforeEach
    void write() throws IOException {
        text = TinyRun.writeText(folder);
        vocabulary = TinyRun.writeVocabulary(folder);
    }

    private CommandRunner.Result pretrain(Path output, String... more) {
        return TinyRun.pretrain(text, vocabulary, output, more);
    }

    private static List<String> metrics(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.jsonl"));
    }

    @Test
    void epochsBecomeSteps() throws IOException {
        Path one = folder.resolve("one");
        Path two = folder.resolve("two");
        assertSuccess(pretrain(one, "--max-steps", "1000", "--max-epochs", "1", "--log-every", "1"));
        assertSuccess(pretrain(two, "--max-steps", "1000", "--max-epochs", "2", "--log-every", "1"));

        // 40 documents of about 40 tokens, a fifth of them held out, in batches of 4 x 32 tokens
        assertThat(metrics(one)).hasSizeBetween(8, 13);
        assertThat(metrics(two).size())
                .isBetween(2 * metrics(one).size() - 1, 2 * metrics(one).size());
    }

    @Test
    void hoursEndARunThatCanGoOn() throws IOException {
        Path run = folder.resolve("run");
        CommandRunner.Result result = assertSuccess(pretrain(run, "--max-steps", "1000000", "--max-hours", "0.0003"));

        assertThat(result.out())
                .contains("ended by --max-hours 3.0E-4 after step ")
                .contains("go on with: jelectra pretrain --resume " + run);
        int steps = metrics(run).size();
        assertThat(steps).isBetween(1, 999_999);
        assertSuccess(CommandRunner.run("pretrain", "--resume", run.toString(), "--max-hours", aSecondMore(run)));
        assertThat(metrics(run)).hasSizeGreaterThan(steps);
    }

    /** Hours, of which a slow step may have taken more than was given. */
    private static String aSecondMore(Path run) throws IOException {
        List<StepMetrics> logged = MetricsLog.read(run);
        return Double.toString((logged.get(logged.size() - 1).elapsedSeconds() + 1) / 3600);
    }

    /** The numbers that are shown at the end are those of the last line, also where nothing was to be logged yet. */
    @Test
    void whatHoursEndIsLogged() throws IOException {
        Path run = folder.resolve("run");
        String[] rare = {"--max-steps", "1000000", "--log-every", "1000000", "--eval-every", "1000000"};
        List<String> options = new ArrayList<>(List.of(rare));
        options.addAll(List.of("--max-hours", "0.0003"));
        assertSuccess(pretrain(run, options.toArray(String[]::new)));
        List<StepMetrics> logged = MetricsLog.read(run);
        assertThat(logged).hasSize(1);
        assertThat(logged.get(0).step()).isPositive();
        assertThat(logged.get(0).training().generatorLoss()).isPositive();
        assertThat(logged.get(0).evaluation()).isNotNull();
        assertThat(run.resolve("curves.png")).exists();

        assertSuccess(CommandRunner.run("pretrain", "--resume", run.toString(), "--max-hours", "0.0003"));
        assertThat(MetricsLog.read(run)).as("no step more, no line more").hasSize(1);
        assertSuccess(CommandRunner.run("pretrain", "--resume", run.toString(), "--max-hours", aSecondMore(run)));
        assertThat(MetricsLog.read(run)).hasSize(2).startsWith(logged.get(0));
    }

    @Test
    void limitsMustBePositive() {
        assertFailure(
                pretrain(folder.resolve("a"), "--max-epochs", "0"), 2, "number of epochs must be positive, got 0");
        assertFailure(
                pretrain(folder.resolve("b"), "--max-hours", "-1"), 2, "number of hours must be positive, got -1");
    }
}
