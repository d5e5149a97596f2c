package org.jelectra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Backends;
import org.jelectra.electra.Preset;
import org.jelectra.electra.StepFlops;
import org.jelectra.io.Json;
import org.jelectra.pretrain.PretrainSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {

    @TempDir
    private Path directory;

    private static CommandRunner.Result bench(String... options) {
        List<String> arguments = new ArrayList<>(List.of("bench"));
        arguments.addAll(List.of(options));
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    private CommandRunner.Result tiny(Path json, String... more) {
        List<String> options = new ArrayList<>(List.of("--preset", "tiny", "--backend", "cpu", "--threads", "1"));
        options.addAll(List.of("--batch", "2", "--sequence-length", "16", "--steps", "3", "--warmup", "1"));
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
                .contains("\nstep      tiny, float32, 2 x 16 tokens\n")
                .containsPattern(
                        "\ntime      \\d+\\.\\d{3} ms \\(p20 \\d+\\.\\d{3}, p80 \\d+\\.\\d{3}\\) of 3 steps after 1\n")
                .containsPattern(
                        "\nspeed     \\d+ tokens/s, \\d\\.\\d{4} TFLOP/s \\(0\\.\\d\\d GFLOP a step in matrix products\\)\n$");
        assertThat(result.code()).isZero();

        JsonObject json = Json.read(file);
        double median = json.get("p50_ms").getAsDouble();
        assertThat(json.get("p20_ms").getAsDouble()).isPositive().isLessThanOrEqualTo(median);
        assertThat(json.get("p80_ms").getAsDouble()).isGreaterThanOrEqualTo(median);
        assertThat(json.get("tokens_per_s").getAsDouble()).isEqualTo(32 / (median / 1000), within(1e-3));
        PretrainSettings settings = PretrainSettings.of(Preset.TINY, 30_522).withBatch(2, 1, 16);
        double flops = StepFlops.training(settings.model(), 2, 16, settings.slots());
        assertThat(json.get("flops_per_step").getAsDouble()).isEqualTo(flops);
        assertThat(json.get("flops_per_s").getAsDouble()).isEqualTo(flops / (median / 1000), within(1.0));
        assertThat(json.get("precision").getAsString()).isEqualTo("float32");
        assertThat(json.has("operations")).isFalse();
    }

    @Test
    void timesItsOperations() throws IOException {
        Path file = directory.resolve("parts.json");
        CommandRunner.Result result = tiny(file, "--parts");

        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .containsPattern("\noperation +count +ms +share  shapes\n")
                .containsPattern("\nattention +2 +\\d+\\.\\d{3} +\\d+\\.\\d%  \\[32, 384\\] .*\n")
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
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

        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .startsWith("jelectra bench: ")
                .contains(message);
        assertThat(result.out()).isEmpty();
        assertThat(result.code()).isEqualTo(2);
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
