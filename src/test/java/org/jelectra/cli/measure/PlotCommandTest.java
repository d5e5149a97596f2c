package org.jelectra.cli.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertFailure;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jelectra.cli.CommandRunner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("every-jdk")
class PlotCommandTest {

    @TempDir
    Path folder;

    private String first;
    private String second;

    @BeforeEach
    void writeRuns() throws IOException {
        first = run("a/run");
        second = run("b/other");
        Files.writeString(
                folder.resolve("b/other/settings.json"), "{\"settings\": {\"batchSize\": 4, \"sequenceLength\": 32}}");
    }

    private String run(String name) throws IOException {
        Path run = Files.createDirectories(folder.resolve(name));
        StringBuilder lines = new StringBuilder();
        for (int step = 1; step < 9; step++) {
            lines.append(
                    "{\"step\":" + step + ",\"total_loss\":" + (9.0 / step) + ",\"elapsed_seconds\":" + step + "}\n");
        }
        Files.writeString(run.resolve("metrics.jsonl"), lines);
        return run.toString();
    }

    private CommandRunner.Result plot(String... more) {
        String[] arguments = new String[more.length + 5];
        System.arraycopy(
                new String[] {
                    "plot",
                    "--metrics",
                    "total_loss",
                    "--output",
                    folder.resolve("out").toString()
                },
                0,
                arguments,
                0,
                5);
        System.arraycopy(more, 0, arguments, 5, more.length);
        return CommandRunner.run(arguments);
    }

    @Test
    void drawsBothPicturesAndNamesThem() throws IOException {
        CommandRunner.Result result = assertSuccess(plot(first, second, "--x", "time", "--smoothing", "0.9"));
        Path png = folder.resolve("out.png");
        Path svg = folder.resolve("out.svg");
        assertThat(result.out().lines()).containsExactly(png.toString(), svg.toString());
        assertThat(Files.readAllBytes(png)).startsWith(0x89, 'P', 'N', 'G');
        assertThat(svg).content().contains("<svg", "2 runs, smoothed by 0.9", "rgb(213,94,0)");
    }

    @Test
    void runsOfOneNameInOneSvg() throws IOException {
        String third = run("c/run");
        assertThat(plot(first, third, "--output=" + folder.resolve("x.svg")).code())
                .isEqualTo(2);
        assertSuccess(CommandRunner.run(
                "plot",
                first,
                third,
                "--metrics",
                "total_loss",
                "--output",
                folder.resolve("x.svg").toString()));
        assertThat(folder.resolve("x.svg")).content().contains("rgb(0,114,178)", "rgb(213,94,0)");
        assertThat(folder.resolve("x.png")).doesNotExist();
    }

    private void seed(String name, double accuracy) throws IOException {
        Path seed = Files.createDirectories(folder.resolve(name));
        Files.writeString(
                seed.resolve("metrics.jsonl"),
                "{\"step\":1,\"epoch\":0.5,\"loss\":0.7,\"elapsed_seconds\":1}\n"
                        + "{\"step\":2,\"epoch\":1,\"loss\":0.5,\"elapsed_seconds\":2,\"eval_accuracy\":" + accuracy
                        + ",\"eval_loss\":0.6,\"metric\":\"accuracy\",\"degenerate\":false}\n");
    }

    @Test
    void aFineTuningIsALineForEachSeed() throws IOException {
        seed("tuned/seed-10", 0.8);
        seed("tuned/seed-9", 0.7);
        Files.createDirectories(folder.resolve("tuned/seed-11"));
        String tuned = folder.resolve("tuned").toString();
        String picture = folder.resolve("tuned.svg").toString();

        CommandRunner.Result result = assertSuccess(CommandRunner.run("plot", tuned, "--output", picture));
        // two panels beside each other: the loss and the main metric
        assertThat(Path.of(picture))
                .content()
                .contains("2 runs", "width=\"1520px\"", "height=\"436px\"", "rgb(0,114,178)", "rgb(213,94,0)");

        result = assertSuccess(
                CommandRunner.run("plot", tuned + "/seed-9", "--output", picture, "--metrics", "eval_loss"));
        assertThat(Path.of(picture)).content().contains("seed-9", "width=\"760px\"");

        result = CommandRunner.run("plot", tuned, "--output", picture, "--metrics", "generator_loss");
        assertThat(result.err())
                .contains(
                        "expected metrics among epoch, loss, elapsed_seconds, eval_accuracy, eval_loss, got generator");
        assertThat(result.code()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "--metrics=losses, expected metrics among total_loss",
        "--x=hours, hours",
        "--output=p.jpg, '--output must end in .png or .svg, or in neither for both, got p.jpg'",
        "--x=tokens, run: its tokens per step are not known",
        "--smoothing=1, expected a smoothing from 0 to less than 1"
    })
    void wrongUsage(String option, String message) {
        assertFailure(CommandRunner.run("plot", first, option), 2, message);
    }

    @Test
    void theSameRunTwiceIsWrongUsage() {
        CommandRunner.Result result = plot(first, first);
        assertThat(result.err()).contains("expected runs of different names, got " + first + " twice");
        assertThat(result.code()).isEqualTo(2);
    }

    @Test
    void metricsThatCannotBeReadAreNamedWithTheirLine() throws IOException {
        Path metrics = folder.resolve("a/run/metrics.jsonl");
        Files.writeString(metrics, Files.readString(metrics) + "oops\n");
        assertFailure(plot(first), 1, "jelectra: " + metrics + ":9: expected a JSON object, got: oops");
        Files.writeString(metrics, "");
        assertFailure(plot(first, second), 1, "jelectra: " + metrics + ": expected at least one line, found none");
        Files.delete(metrics);
        assertFailure(
                plot(second, first),
                1,
                "jelectra: " + first
                        + ": expected the directory of a run of 'jelectra pretrain' or 'jelectra finetune', found no"
                        + " metrics.jsonl");
        assertThat(folder.resolve("out.png")).doesNotExist();
    }
}
