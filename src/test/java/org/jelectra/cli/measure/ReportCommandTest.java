package org.jelectra.cli.measure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jelectra.cli.CommandRunner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
class ReportCommandTest {

    private static final String STEP = """
            {"part": "%s", "outcome": "passed", "preset": "small", "precision": "bf16", "batch": 128, "sequence_length": 128,
             "p20_ms": 4.5, "p50_ms": 5.0, "p80_ms": 5.5, "host_ms": 0.0424, "tokens_per_s": 3276800.4, "flops_per_s": 2.3E14,
             "share_of_bf16_peak": 0.2326, "peak_flops_per_s": 989e12},""";

    private static final String GENERAL = STEP.replace("\"preset\"", "\"kernels\": \"compute_80\", \"preset\"");

    private static final Map<String, String> ALL = Map.of(
            "results.json",
            "{\"commit\": \"abc\", \"gpu\": \"NVIDIA H200\", \"machine\": \"Linux\", \"rehearsal\": false, \"parts\": ["
                    + STEP.formatted("small-bf16") + GENERAL.formatted("small-bf16-compute-80")
                    + STEP.formatted("small-float32") + STEP.formatted("base-bf16")
                    + GENERAL.formatted("base-bf16-compute-80")
                    + """
                    {"part": "operations", "outcome": "passed"},
                    {"part": "pytorch", "outcome": "passed", "ours_ms": 5.0, "best": "graph bf16", "best_ms": 7.5,
                     "median_ms": {"eager bf16": 20.0, "graph bf16": 7.5}, "failed_runs": ["graph bf16-pure"]},
                    {"part": "curves", "outcome": "passed", "steps": 1000, "of": 1000, "preset": "small", "batch": 32, "largest_relative_difference": 0.01, "allowed": 0.05,
                     "run_1": {"precision": "float32", "seconds": 9, "generator_loss": 5.1, "discriminator_loss": 0.51},
                     "run_2": {"precision": "bf16", "seconds": 7, "generator_loss": 5.2, "discriminator_loss": 0.52}}]}
                    """,
            "measurements/bench-small-bf16.json",
            """
            {"p50_ms": 5.0, "operations_ms": 8.0, "wait_ms": 0.01, "operations": [
             {"operation": "linear", "shapes": "[1]", "count": 10, "milliseconds": 2.0},
             {"operation": "attention", "shapes": "[1]", "count": 12, "milliseconds": 5.0},
             {"operation": "linear", "shapes": "[2]", "count": 1, "milliseconds": 1.0}]}
            """,
            "measurements/bench-operations.json",
            """
            {"operations": [
             {"operation": "linear", "shapes": "[1]", "bytes": 10, "cold_us": {"p20": 9.0, "p50": 10.0, "p80": 11.0},
              "warm_us": {"p50": 8.0}, "bytes_per_s": 2.5E12, "flops_per_s": 3.1E14, "percent_of_floor": 52.0},
             {"operation": "gelu", "shapes": "[2]", "bytes": 10, "cold_us": {"p20": 1.0, "p50": 2.0, "p80": 3.0},
              "warm_us": {"p50": 1.5}, "bytes_per_s": 2.5E12, "flops_per_s": 0, "percent_of_floor": 60.0}]}
            """,
            "measurements/pytorch-operations.jsonl",
            """
            {"operation": "linear", "shapes": "[1]", "cold_us": {"p50": 15.0}, "ratio": 1.5}
            {"operation": "gelu", "shapes": "[2]", "error": "no kernel"}
            """,
            "measurements/curand.jsonl",
            """
            {"operation": "dropout", "shapes": "[1]", "numbers": 4096, "uniform": {"cold_us": {"p50": 3.0}}, "normal":
             {"cold_us": {"p50": 4.0}}, "ours_us": 2.0, "uniforms_of_ours": 1.5}
            """.replace("\n ", " "),
            "measurements/curve-first.jsonl",
            """
            {"step": 1, "generator_loss": 6.0, "discriminator_loss": 0.7}
            {"step": 2, "generator_loss": 5.0, "discriminator_loss": 0.6}
            {"step": 2, "eval_generator_loss": 5.0}
            """,
            "measurements/curve-second.jsonl",
            """
            {"step": 1, "generator_loss": 6.1, "discriminator_loss": 0.7}
            {"step": 2, "generator_loss": 5.1, "discriminator_loss": 0.6}
            """);

    @TempDir
    private Path folder;

    @BeforeEach
    void measurements() throws IOException {
        Files.createDirectory(folder.resolve("measurements"));
    }

    private String report() throws IOException {
        CommandRunner.Result result = CommandRunner.run("report", folder.toString());
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out().strip()).isEqualTo(folder.resolve("report.md").toString());
        return Files.readString(folder.resolve("report.md"));
    }

    @Test
    void tablesAndPicturesOfAllThatWasMeasured() throws IOException {
        for (Map.Entry<String, String> file : ALL.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }

        assertThat(report())
                .contains("Commit abc, GPU NVIDIA H200, Linux.\n")
                .contains("| small | bf16 | 128 x 128 | 5.000 | 4.500 | 5.500 | 0.042 | 3276800 | 230.00 | 23.3 % |\n")
                .contains("| small | bf16, compute_80 | 128 x 128 | 5.000 | ")
                .contains("| graph bf16 | 7.500 | 1.50 |\n")
                .contains("Failed in PyTorch: [\"graph bf16-pure\"]\n")
                .contains("| attention | 12 | 5.000 | 62.5 % |\n| linear | 11 | 3.000 | 37.5 % |\n")
                .contains("takes 0.0100 ms: 8.000 ms together; the whole step takes 5.000 ms.\n")
                .contains("| linear | [1] | 10.00 | 9.00 | 11.00 | 8.00 | 2500 | 310.00 | 52.0 % | 15.00 | 1.50 |\n")
                .contains("| gelu | [2] | 2.00 | 1.00 | 3.00 | 1.50 | 2500 | 0.00 | 60.0 % | - | - |\n")
                .contains("gelu [2] failed in PyTorch: no kernel\n")
                .contains("| bf16 | 7 | 5.2 | 0.52 |\n")
                .contains("1000 of 1000 steps of preset small, batches of 32, means of the last tenth;")
                .contains("| dropout | [1] | 4096 | 2.00 | 3.00 | 4.00 | 1.50 |\n")
                .contains("| a step of small, dropout 0.1 | 5.000 ms (p20 4.500, p80 5.500), bf16, 128 x 128 tokens"
                        + " | 3.6 ms: a million steps an hour | 0.72 |\n")
                .contains(
                        "| PyTorch's best, the same step | 7.500 ms (graph bf16), 1.50 times our 5.000 ms; **the best of the modes"
                                + " that ran only**: no time of graph bf16-pure | 1.5 times | 1.00 |\n")
                .contains("; 230.0 TFLOP/s | the peak, 989 TFLOP/s | 0.23 |\n")
                .contains("| apart by 0.010 of the loss after 1000 of 1000 steps | at most 0.05 | 5.00 |\n")
                .contains("| a training run | Not measured: part train, not run. | - | - |\n")
                .contains("Not there: the results of tools/gpu/verify.\n")
                .contains("![budget of a step](budget.png)\n")
                .contains("![percent of the floor](operations.png)\n")
                .contains("![loss curves](losses.png)\n")
                .doesNotContain("Not measured: part small", "Not measured: part c", "rehearsal");
        for (String picture : new String[] {"budget.png", "operations.png", "losses.png"}) {
            assertThat(folder.resolve(picture)).isRegularFile().isNotEmptyFile();
        }
    }

    @Test
    void lossesThatAreTooFarApartAreShownAllTheMore() throws IOException {
        for (Map.Entry<String, String> file : ALL.entrySet()) {
            Files.writeString(
                    folder.resolve(file.getKey()),
                    file.getValue()
                            .replace("\"curves\", \"outcome\": \"passed\"", "\"curves\", \"outcome\": \"failed\"")
                            .replace("\"largest_relative_difference\": 0.01", "\"largest_relative_difference\": 0.1"));
        }

        assertThat(report())
                .contains("| apart by 0.100 of the loss after 1000 of 1000 steps | at most 0.05 | 0.50 |\n")
                .contains("![loss curves](losses.png)\n");
    }

    @Test
    void aStepIsShownThoughNoTimeWasLeftForTheRestOfItsPart() throws IOException {
        Files.writeString(
                folder.resolve("results.json"),
                "{\"parts\": [" + STEP.formatted("base-bf16").replace("passed", "cut short")
                        + STEP.formatted("small-bf16").replace("passed", "failed")
                        + GENERAL.formatted("small-bf16-compute-80")
                        + "{\"part\": \"curand\", \"outcome\": \"left out\"}]}");

        assertThat(report())
                .contains("| a step of base | 5.000 ms ")
                .contains(
                        "| a step of small, dropout 0.1 | 5.000 ms (p20 4.500, p80 5.500), bf16, 128 x 128 tokens, kernels"
                                + " compute_80 |")
                .contains("Not measured: part small-bf16, failed.\n");
    }

    private static final String TRAIN = """
            {"tool": "train", "parts": [
             {"part": "trial", "outcome": "failed", "seconds": 1.5, "error": "a | b"},
             {"part": "train", "outcome": "passed", "seconds": 200.0, "kernels": "compute_80", "default_kernels": "failed",
              "steps": 900, "of": 1000, "training_seconds": 190, "eval_generator_loss": 4.0, "eval_generator_accuracy": 0.25,
              "eval_discriminator_auc": 0.875},
             {"part": "keep", "outcome": "passed", "seconds": 2, "kept": "discriminator"}]}
            """;

    private static final String METRICS = """
            {"step":10,"generator_loss":6.0,"discriminator_loss":0.6,"gradient_norm":1.0,"learning_rate":0.1,"tokens_per_second":5.0,"flops_per_second":5.0,\
            "elapsed_seconds":1.0}
            """;

    @Test
    void whatTheOtherToolsHaveLeftInOrBesideTheFolderIsShownToo() throws IOException {
        Path bench = folder.resolve("bench");
        Files.createDirectories(bench.resolve("measurements"));
        for (Map.Entry<String, String> file : ALL.entrySet()) {
            Files.writeString(bench.resolve(file.getKey()), file.getValue());
        }
        Path train = Files.createDirectories(folder.resolve("train/measurements"));
        Files.writeString(train.resolveSibling("results.json"), TRAIN);
        Files.writeString(train.resolve("metrics.jsonl"), METRICS);
        Files.writeString(
                Files.createDirectory(folder.resolve("verify")).resolve("results.json"),
                "{\"tool\": \"verify\", \"parts\": [{\"part\": \"precision\", \"outcome\": \"passed\", \"seconds\": 3.25,"
                        + " \"results\": 76}]}");

        String expected = report();

        assertThat(expected)
                .contains(
                        "| a training run | 900 steps in 190 s; held out: generator loss 4.000, accuracy 0.250, discriminator AUC"
                                + " 0.875, kept: discriminator, kernels compute_80 | 1000 steps | 0.90 |\n")
                .contains("| precision | passed | 3.3 | the device's own | results 76 |\n")
                .contains("| trial | failed | 1.5 | the device's own | error a \\| b |\n")
                .contains("| train | passed | 200.0 | compute_80 | default_kernels failed; steps 900; of 1000; ")
                .contains("![run's metrics](curves.png)\n");
        assertThat(folder.resolve("curves.png")).isNotEmptyFile();

        CommandRunner.Result beside = CommandRunner.run("report", bench.toString());
        assertThat(beside.err()).isEmpty();
        assertThat(bench.resolve("report.md")).hasContent(expected);
    }

    @Test
    void anErrorOfSeveralLinesWithABarStaysInItsCell() throws IOException {
        Files.writeString(folder.resolve("results.json"), """
                {"parts": [{"part": "small-bf16", "outcome": "failed", "error": "ls | wc\\nfailed"}]}
                """);

        assertThat(report())
                .contains(
                        "| a step of small, dropout 0.1 | Not measured: part small-bf16, failed: ls \\| wc failed. | - |");
    }

    @Test
    void whatWasMeasuredBeforeATornLineIsShown() throws IOException {
        for (Map.Entry<String, String> file : ALL.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
        String expected = report();
        String torn = "{\"operation\": \"linear\", \"error\": \"\u00e4";
        for (String name : new String[] {"pytorch-operations", "curand", "curve-second"}) {
            Path file = folder.resolve("measurements/" + name + ".jsonl");
            byte[] bytes = (Files.readString(file) + torn).getBytes(UTF_8);
            // within the last character
            Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        }
        Path first = folder.resolve("measurements/curve-first.jsonl");
        String line = "{\"step\": 3, \"generator_loss\": null, \"discriminator_loss\": 0.5}";
        Files.writeString(first, Files.readString(first) + line); // whole, but for its end

        assertThat(report()).isEqualTo(expected);

        Files.writeString(first, torn + "\n" + line);
        CommandRunner.Result damaged = CommandRunner.run("report", folder.toString());
        assertThat(damaged.err())
                .startsWith("jelectra: " + first + ", line 1: not valid JSON: ")
                .hasLineCount(1);
        assertThat(damaged.code()).isEqualTo(1);
    }

    /** Else it would be read as text. */
    @Test
    void anEmptyLineGoesBeforePyTorchsTable() throws IOException {
        Files.writeString(folder.resolve("results.json"), """
                {"parts": [{"part": "pytorch", "outcome": "passed", "ours_ms": 5.0, "best": "graph bf16", "best_ms": 7.5,
                 "median_ms": {"graph bf16": 7.5}}]}
                """);

        assertThat(report())
                .contains("Not measured: part base-bf16-compute-80, not run.\n\n| PyTorch, the same step |");
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        Files.writeString(folder.resolve("results.json"), """
                {"rehearsal": true, "parts": [{"part": "small-bf16", "outcome": "timed out"},
                 {"part": "operations", "outcome": "passed", "no_peer": "there is no python3"},
                 {"part": "pytorch", "outcome": "unavailable", "reason": "torch cannot use the GPU"}]}
                """);
        Files.writeString(
                folder.resolve("measurements/bench-operations.json"),
                ALL.get("measurements/bench-operations.json").replaceAll(", \"percent_of_floor\": \\d+.0", ""));

        assertThat(report())
                .contains("**A rehearsal on the CPU: its times say nothing.**\n")
                .contains("Not measured: part small-bf16, timed out.\n")
                .contains("Not measured: part small-float32, not run.\n")
                .contains("Not measured: part pytorch, unavailable: torch cannot use the GPU.\n")
                .contains("No floors: the peaks of this device are not known.\n")
                .contains("Not compared with PyTorch: there is no python3.\n")
                .contains("Not measured: part curves, not run.\n")
                .doesNotContain(".png");
    }

    @Test
    void aFolderWithoutResultsIsAFailure() {
        CommandRunner.Result result = CommandRunner.run("report", folder.toString());

        assertThat(result.err()).hasLineCount(1).contains("results.json");
        assertThat(result.code()).isEqualTo(1);
    }
}
