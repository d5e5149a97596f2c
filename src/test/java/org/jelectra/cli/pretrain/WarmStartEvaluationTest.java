package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.jelectra.io.EventFile;
import org.jelectra.io.EventReader;
import org.jelectra.pretrain.MetricsLog;
import org.jelectra.pretrain.ModelMetrics;
import org.jelectra.pretrain.RunSoFar;
import org.jelectra.pretrain.SnapshotFolder;
import org.jelectra.pretrain.StepMetrics;
import org.jelectra.pretrain.plot.Curves;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is logged of given weights before they are trained. */
class WarmStartEvaluationTest {

    @TempDir
    Path folder;

    private Path text;
    private Path vocabulary;
    private Path first;
    private Path second;

    @BeforeEach
    void train() throws IOException {
        text = TinyRun.writeText(folder);
        vocabulary = TinyRun.writeVocabulary(folder);
        first = folder.resolve("first");
        second = folder.resolve("second");
        succeed(pretrain(first, "--learning-rate 1e-2"));
    }

    private CommandRunner.Result pretrain(Path output, String more) {
        List<String> arguments = new ArrayList<>(TinyRun.arguments(text, vocabulary, output));
        arguments.addAll(List.of(more.split(" ")));
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    private static String succeed(CommandRunner.Result result) {
        assertThat(result.code()).as(result.err()).isZero();
        return result.out();
    }

    @Test
    void theWeightsAreEvaluatedOnceBeforeTheFirstStep() throws IOException {
        String out = succeed(pretrain(second, "--snapshot-steps 3 --init-from " + first));

        assertThat(out).containsOnlyOnce("  held-out, step 0: generator loss ");
        assertThat(out.indexOf("held-out, step 0")).isLessThan(out.indexOf("step 1/6"));
        List<StepMetrics> steps = MetricsLog.read(second);
        assertThat(steps.stream().map(StepMetrics::step)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        ModelMetrics before = steps.get(0).evaluation();
        ModelMetrics end = MetricsLog.read(first).get(5).evaluation();
        assertThat(before).isEqualTo(end);
        assertThat(steps.get(0).training().totalLoss()).isNaN();
        assertThat(Files.readAllLines(second.resolve("metrics.jsonl")).get(0))
                .startsWith("{\"step\":0,\"total_loss\":null,")
                .contains("\"elapsed_seconds\":0.0,\"eval_total_loss\":" + before.totalLoss());
        assertThat(second.resolve(Curves.FILE_NAME)).isNotEmptyFile();

        Files.delete(second.resolve("snapshots/step-000000006.snapshot"));
        assertThat(succeed(CommandRunner.run("pretrain", "--resume", second.toString())))
                .contains("resumed after step 3 of 6")
                .doesNotContain("step 0");
        assertThat(MetricsLog.read(second).stream().map(StepMetrics::step)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(MetricsLog.read(second).get(6).evaluation())
                .isEqualTo(steps.get(6).evaluation());
        assertThat(RunSoFar.read(second.resolve("discriminator")))
                .isEqualTo(RunSoFar.read(second))
                .matches(RunSoFar::warmStarted);
        succeed(CommandRunner.run(
                "plot",
                first.toString(),
                second.toString(),
                "--output",
                folder.resolve("plot.png").toString()));
    }

    /** It begins with the weights again, maybe on other text. */
    @Test
    void aRunThatWasKilledBeforeItsFirstSnapshotEvaluatesThemAgain() throws IOException {
        succeed(pretrain(second, "--init-from " + first));
        Path log = second.resolve("metrics.jsonl");
        List<String> lines = Files.readAllLines(log);
        for (int step : new SnapshotFolder(second).steps()) {
            Files.delete(new SnapshotFolder(second).file(step));
        }
        for (String network : List.of("discriminator", "generator")) {
            Files.move(second.resolve(network), folder.resolve(network));
        }
        Files.writeString(log, lines.get(0) + "\n" + lines.get(1) + "\n");
        ModelMetrics before = MetricsLog.read(second).get(0).evaluation();
        Path other = Files.writeString(
                folder.resolve("other.txt"), Files.readString(text).repeat(2));

        assertThat(succeed(CommandRunner.run("pretrain", "--resume", second.toString(), "--data", other.toString())))
                .contains("it begins anew")
                .containsOnlyOnce("  held-out, step 0: ");
        List<StepMetrics> steps = MetricsLog.read(second);
        assertThat(steps.stream().map(StepMetrics::step)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(steps.get(0).evaluation()).isNotEqualTo(before);
        List<EventReader.Event> scalars = new ArrayList<>();
        for (Path file : EventFile.list(second)) {
            scalars.addAll(EventReader.read(file).stream()
                    .filter(event -> !event.values().isEmpty())
                    .toList());
        }
        assertThat(scalars.stream().map(EventReader.Event::step)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
    }

    @Test
    void nothingIsEvaluatedWithoutHeldOutTextOrWithoutWeights() throws IOException {
        assertThat(MetricsLog.read(first).get(0).step()).isEqualTo(1);
        List<String> arguments = new ArrayList<>(TinyRun.arguments(text, vocabulary, second));
        arguments.set(arguments.indexOf("--held-out") + 1, "0");
        arguments.addAll(List.of("--init-from", first.toString()));
        succeed(CommandRunner.run(arguments.toArray(String[]::new)));
        assertThat(MetricsLog.read(second).get(0).step()).isEqualTo(1);
    }

    @Test
    void anEvaluationAloneIsASoFarUntrainedRunWithAPicture() throws IOException {
        StepMetrics before = StepMetrics.before(MetricsLog.read(first).get(5).evaluation());
        assertThat(Curves.draw(folder, "before", List.of(before))).get().isEqualTo(folder.resolve(Curves.FILE_NAME));
        Files.createDirectories(second);
        Files.copy(first.resolve("settings.json"), second.resolve("settings.json"));
        try (MetricsLog log = MetricsLog.append(second)) {
            log.write(before);
        }
        assertThat(RunSoFar.read(second).step()).isZero();
    }
}
