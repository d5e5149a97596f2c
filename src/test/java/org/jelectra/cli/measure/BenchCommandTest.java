package org.jelectra.cli.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.jelectra.cli.CommandRunner.assertFailure;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jelectra.backend.Backends;
import org.jelectra.cli.ChildProcess;
import org.jelectra.cli.CommandRunner;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Preset;
import org.jelectra.electra.flops.PaperFlops;
import org.jelectra.electra.flops.StepFlops;
import org.jelectra.io.Json;
import org.jelectra.pretrain.PretrainSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BenchCommandTest {

    @TempDir
    private Path directory;

    private static CommandRunner.Result bench(String... options) {
        List<String> arguments = new ArrayList<>(List.of("bench"));
        arguments.addAll(List.of(options));
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    private CommandRunner.Result tiny(Path json, String... more) {
        return tiny(json, 3, more);
    }

    private CommandRunner.Result tiny(Path json, int steps, String... more) {
        List<String> options = new ArrayList<>(List.of("--preset", "tiny", "--backend", "cpu", "--threads", "1"));
        options.addAll(List.of("--batch", "2", "--sequence-length", "16", "--steps", "" + steps, "--warmup", "1"));
        options.addAll(List.of("--json", json.toString()));
        options.addAll(List.of(more));
        return bench(options.toArray(String[]::new));
    }

    @Test
    void timesTheWholeStep() throws IOException {
        Path file = directory.resolve("folder/bench.json");
        CommandRunner.Result result = tiny(file);

        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .startsWith("backend   cpu: ")
                .contains("\nstep      tiny, electra, float32, 2 x 16 tokens\n")
                .containsPattern(
                        "\ntime      \\d+\\.\\d{3} ms \\(p20 \\d+\\.\\d{3}, p80 \\d+\\.\\d{3}\\) of 3 steps after 1\n")
                .containsPattern(
                        "\nspeed     \\d+ tokens/s, \\d\\.\\d{4} TFLOP/s \\(0\\.\\d\\d GFLOP a step in matrix products\\)\n"
                                + "run       \\d\\.\\d{3}e\\d+ training FLOPs by the paper's count in the preset's 4,000 steps\n$");
        assertThat(result.code()).isZero();

        JsonObject json = Json.read(file);
        double median = json.get("p50_ms").getAsDouble();
        assertThat(json.get("p20_ms").getAsDouble()).isPositive().isLessThanOrEqualTo(median);
        assertThat(json.get("p80_ms").getAsDouble()).isGreaterThanOrEqualTo(median);
        assertThat(json.get("tokens_per_s").getAsDouble()).isEqualTo(32 / (median / 1000), within(1e-3));
        PretrainSettings settings = PretrainSettings.of(Preset.TINY, 1000).withBatch(2, 1, 16);
        double flops = StepFlops.training(settings.model(), 2, 16, settings.slots());
        assertThat(json.get("flops_per_step").getAsDouble()).isEqualTo(flops);
        assertThat(json.get("flops_per_s").getAsDouble()).isEqualTo(flops / (median / 1000), within(1.0));
        assertThat(json.get("run_training_flops").getAsDouble())
                .isEqualTo(PaperFlops.training(settings.model(), 2, 16, 4000));
        assertThat(json.get("precision").getAsString()).isEqualTo("float32");
        assertThat(json.has("operations")).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Objective.class)
    void timesEveryObjective(Objective objective) throws IOException {
        Path file = directory.resolve("bench.json");
        CommandRunner.Result result = tiny(file, "--objective", objective.toString());

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).contains("\nstep      tiny, " + objective + ", float32, 2 x 16 tokens\n");
        JsonObject json = Json.read(file);
        assertThat(json.get("objective").getAsString()).isEqualTo(objective.toString());
        PretrainSettings settings =
                PretrainSettings.of(Preset.TINY, 1000, objective).withBatch(2, 1, 16);
        assertThat(json.get("flops_per_step").getAsDouble())
                .isEqualTo(StepFlops.training(settings.model(), 2, 16, settings.slots()));
    }

    @Test
    void timesItsOperations() throws IOException {
        Path file = directory.resolve("parts.json");
        CommandRunner.Result result = tiny(file, "--parts");

        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .containsPattern("\noperation +count +ms +share  shapes\n")
                .containsPattern("\nselfAttention +2 +\\d+\\.\\d{3} +\\d+\\.\\d%  4x\\[32, 128\\] .*\n")
                .containsPattern("\nadamW +1 +\\d+\\.\\d{3} +\\d+\\.\\d%  \\[\\d+\\]\n")
                .containsPattern("\nsum +\\d+ +\\d+\\.\\d{3} +100\\.0%\n")
                .containsPattern(
                        "each time contains the operation's launch and the wait for its end; a wait alone takes \\d");

        JsonObject json = Json.read(file);
        double sum = 0;
        for (JsonElement row : json.getAsJsonArray("operations")) {
            sum += row.getAsJsonObject().get("milliseconds").getAsDouble();
        }
        assertThat(json.get("operations_ms").getAsDouble()).isPositive().isEqualTo(sum, within(1e-9));
        assertThat(json.get("wait_ms").getAsDouble()).isNotNegative();
    }

    @Test
    void whatIsMeasuredOfTheOperationsOutlivesTheProcess() throws IOException, InterruptedException {
        Path file = directory.resolve("operations.json");
        String command =
                "bench --operations --preset tiny --backend cpu --threads 1 --batch 2 --sequence-length 16 --steps 20";
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.add("--json=" + file);
        Process process = ChildProcess.start(directory, arguments);
        while (process.isAlive() && !Files.exists(file)) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertThat(process.isAlive()).isTrue();
        process.destroyForcibly();
        ChildProcess.await(process, directory);
        assertThat(Json.read(file).getAsJsonArray("operations")).isNotEmpty();
    }

    @Test
    void timesEveryOperationAlone() throws IOException {
        Path file = directory.resolve("operations.json");
        CommandRunner.Result result = tiny(file, 1, "--operations", "--peak-bandwidth=100", "--peak-flops=1");

        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("\nstep      tiny, electra, float32, 2 x 16 tokens\n")
                .containsPattern("\noperation +cold us +p20 +p80 +warm us +GB/s +TFLOP/s +floor  shapes\n")
                .containsPattern("\nattention( +\\d+\\.\\d+){6} +\\d+\\.\\d%  \\[32, 384\\] .*\n")
                .contains("\nmedians of 1 runs after 1; cold: 67 MB were written before; warm:");

        JsonObject json = Json.read(file);
        assertThat(json.get("evicted_bytes").getAsLong()).isEqualTo(64 << 20);
        assertThat(json.get("peak_bytes_per_s").getAsDouble()).isEqualTo(100e9);
        assertThat(json.get("peak_flops_per_s").getAsDouble()).isEqualTo(1e12);
        JsonObject linear = json.getAsJsonArray("operations").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(row -> row.get("operation").getAsString().equals("linear"))
                .findFirst()
                .orElseThrow();
        assertThat(linear.get("shapes").getAsString()).isEqualTo("[32, 128] [512, 128] [512] [32, 512]");
        assertThat(linear.getAsJsonArray("operands").get(1))
                .hasToString("{\"name\":\"weight\",\"type\":\"FLOAT32\",\"shape\":[512,128]}");
        double bytes = 4.0 * (32 * 128 + 512 * 128 + 512 + 32 * 512);
        double flops = 2.0 * 32 * 128 * 512;
        double cold = linear.getAsJsonObject("cold_us").get("p50").getAsDouble();
        assertThat(linear.getAsJsonObject("warm_us").get("p80").getAsDouble()).isPositive();
        assertThat(linear.get("bytes").getAsDouble()).isEqualTo(bytes);
        assertThat(linear.get("flops").getAsDouble()).isEqualTo(flops);
        assertThat(linear.get("bytes_per_s").getAsDouble()).isEqualTo(bytes / cold * 1e6, within(1.0));
        assertThat(linear.get("flops_per_s").getAsDouble()).isEqualTo(flops / cold * 1e6, within(1.0));
        assertThat(linear.get("percent_of_floor").getAsDouble())
                .isEqualTo(100 * 1e6 * Math.max(bytes / 100e9, flops / 1e12) / cold, within(1e-6));
    }

    @Test
    void theProcessorHasNoFloorUnlessItsPeaksAreGiven() throws IOException {
        Path file = directory.resolve("operations.json");
        String once =
                "--operations --preset tiny --backend cpu --threads 1 --batch 2 --sequence-length 16 --steps 1 --warmup 0";
        assertThat(bench((once + " --json=" + file).split(" ")).out())
                .containsPattern("\nattention( +\\d+\\.\\d+){6} +-  \\[32, 384\\] .*\n");

        JsonObject json = Json.read(file);
        assertThat(json.has("peak_bytes_per_s")).isFalse();
        assertThat(json.getAsJsonArray("operations").get(0).getAsJsonObject().has("percent_of_floor"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--operations --parts | --operations and --parts are two measurements; give one of them",
                "--peak-flops=989 | --peak-flops needs --operations",
                "--parts --peak-bandwidth=1 --peak-flops=1 | --peak-bandwidth, --peak-flops needs --operations",
                "--operations --peak-flops=0 | --peak-flops must be positive, got 0.0",
                "--operations --peak-bandwidth=-1 | --peak-bandwidth must be positive, got -1.0",
                "--steps=0 | --steps must be at least 1, got 0",
                "--warmup=-1 | --warmup must be at least 0, got -1",
                "--batch=0 | the batch size must be positive, got 0",
                "--sequence-length=7 | --sequence-length must be at least 8, got 7",
                "--sequence-length=513 | the sequence length must not exceed the model's positions, got 513 and 512",
                "--preset=huge | no preset is named 'huge'; there are tiny, small,",
                "--backend=tpu | no backend is named 'tpu'; there are auto, cpu and cuda",
                "--backend=cpu --precision=bf16 | the backend cpu computes in float32; bf16 needs the backend cuda",
            })
    void wrongUsageIsSaidInOneLine(String options, String message) {
        CommandRunner.Result result = bench(options.split(" "));

        assertFailure(result, 2, "jelectra bench: ", message);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void aFolderCannotHoldTheNumbers() {
        CommandRunner.Result result = tiny(directory);

        assertThat(result.err()).startsWith("jelectra bench: --json needs a file, got the directory " + directory);
        assertThat(result.code()).isEqualTo(2);
    }

    @Test
    void aBackendThatIsNotThereIsAFailure() {
        assumeFalse(Backends.available().get(0).available(), "this machine can run the backend cuda");
        Path file = directory.resolve("none.json");
        CommandRunner.Result result = bench("--backend", "cuda", "--json", file.toString());

        assertThat(result.err())
                .startsWith("jelectra: the backend cuda cannot run here: ")
                .hasLineCount(1);
        assertThat(Files.exists(file)).isFalse();
        assertThat(result.code()).isEqualTo(1);
    }
}
