package org.jelectra.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jelectra.io.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tools/gpu/bench --rehearse} with a Java and a Python that write given numbers: what it makes of them. */
class GpuBenchScriptTest {

    private static final String JAVA = """
            #!/bin/sh
            command= json= output=
            while [ $# -gt 0 ]; do
                case $1 in
                    bench | pretrain) command=$1 ;;
                    --operations) command=operations ;;
                    --json) json=$2 ;;
                    --output) output=$2 ;;
                esac
                shift
            done
            case $command in
                bench)
                    cat >"$json" <<'JSON'
            {
              "preset": "small",
              "precision": "float32",
              "batch": 2,
              "sequence_length": 32,
              "p20_ms": 9.5,
              "p50_ms": 10.0,
              "p80_ms": 11.0,
              "tokens_per_s": 6400.0,
              "flops_per_step": 2.0E9,
              "flops_per_s": 2.0E11
            }
            JSON
                    ;;
                operations)
                    cat >"$json" <<'JSON'
            {
              "preset": "small",
              "precision": "float32",
              "evicted_bytes": 64,
              "operations": [
                {
                  "operation": "linear",
                  "shapes": "[64, 256]"
                },
                {
                  "operation": "gelu",
                  "shapes": "2x[64]"
                }
              ]
            }
            JSON
                    ;;
                pretrain)
                    mkdir -p "$output"
                    for step in 8 9 10; do
                        echo "{\\"step\\":$step,\\"elapsed_seconds\\":$step,\\"generator_loss\\":5.0,\\"discriminator_loss\\":0.5}"
                    done >"$output/metrics.jsonl"
                    ;;
            esac
            """;

    /** Of two operations one does not run. */
    private static final String PYTHON = """
            #!/bin/sh
            [ "$1" = -c ] && { echo 9.9; exit "${NO_TORCH:-0}"; }
            program=$1
            while [ "$1" != --json ]; do shift; done
            case $program in
                *pytorch-operations)
                    {
                        echo '{"operation": "linear", "shapes": "[64, 256]", "cold_us": {"p50": 3.0}, "ratio": 1.5}'
                        echo '{"operation": "gelu", "shapes": "2x[64]", "error": "no kernel"}'
                    } >>"$2"
                    ;;
                *) echo '{"mode": "eager", "dtype": "fp32", "median_ms": 15.0, "gflop_per_step": 2.0}' >>"$2" ;;
            esac
            """;

    @TempDir
    private Path checkout;

    @BeforeEach
    void fakeBundle() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
        Path tools = Files.createDirectories(checkout.resolve("tools/gpu"));
        for (String file : List.of("bench", "common.sh")) {
            Files.copy(Path.of("tools/gpu", file), tools.resolve(file));
        }
        Path bundle = Files.createDirectories(checkout.resolve("target/gpu"));
        Files.createDirectory(bundle.resolve("corpus"));
        Files.createDirectory(bundle.resolve("lib"));
        Files.writeString(bundle.resolve("commit"), "abc\n");
        executable(checkout.resolve("runtime/bin/java"), JAVA);
        executable(checkout.resolve("python"), PYTHON);
        assertThat(run(Map.of(), "tar", "-czf", "target/gpu/runtime.tar.gz", "runtime"))
                .isZero();
    }

    private static void executable(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private int run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(checkout.toFile())
                .redirectErrorStream(true)
                .redirectOutput(checkout.resolve("printed").toFile());
        builder.environment().remove("OUT");
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private int rehearse(Map<String, String> environment, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/bin/bash", "tools/gpu/bench", "--rehearse"));
        command.addAll(List.of(options));
        Map<String, String> all = new TreeMap<>(environment);
        all.put("PYTHON", checkout.resolve("python").toString());
        return run(all, command.toArray(String[]::new));
    }

    private Map<String, JsonObject> parts() throws IOException {
        JsonArray parts =
                Json.read(checkout.resolve("target/gpu-results/results.json")).getAsJsonArray("parts");
        Map<String, JsonObject> byName = new TreeMap<>();
        for (JsonElement part : parts) {
            byName.put(part.getAsJsonObject().get("part").getAsString(), part.getAsJsonObject());
        }
        return byName;
    }

    private String printed() throws IOException {
        return Files.readString(checkout.resolve("printed"));
    }

    @Test
    void everyPartLeavesItsNumbers() throws IOException, InterruptedException {
        assertThat(rehearse(Map.of(), "--pytorch-step", "python")).as(printed()).isZero();

        Map<String, JsonObject> parts = parts();
        assertThat(parts.keySet())
                .containsExactlyInAnyOrder(
                        "small-bf16",
                        "small-bf16-compute-80",
                        "small-float32",
                        "base-bf16",
                        "base-bf16-compute-80",
                        "operations",
                        "pytorch",
                        "curves");
        assertThat(parts.values())
                .allSatisfy(
                        part -> assertThat(part.get("outcome").getAsString()).isEqualTo("passed"));
        assertThat(parts.values().stream()
                        .mapToInt(part -> part.get("limit_seconds").getAsInt())
                        .sum())
                .as("seconds of all parts together")
                .isLessThan(600);
        assertThat(parts.get("small-bf16").get("p50_ms").getAsDouble()).isEqualTo(10);
        JsonObject operations = parts.get("operations");
        assertThat(operations.get("preset").getAsString()).isEqualTo("small");
        assertThat(operations.get("operations").getAsInt()).isEqualTo(2);
        assertThat(operations.get("ratios")).hasToString("{\"linear [64, 256]\":1.500}");
        assertThat(operations.get("failed_in_pytorch")).hasToString("[\"gelu 2x[64]\"]");
        assertThat(parts.get("pytorch").get("ratio").getAsDouble()).isEqualTo(1.5);
        Path results = checkout.resolve("target/gpu-results");
        assertThat(results.toFile().list()).containsExactlyInAnyOrder("results.json", "logs.tar.gz");
        assertThat(run(
                        Map.of(),
                        "tar",
                        "-C",
                        results.toString(),
                        "-xzf",
                        results.resolve("logs.tar.gz").toString()))
                .isZero();
        assertThat(results.resolve("measurements"))
                .isDirectoryContaining("glob:**bench-operations.json")
                .isDirectoryContaining("glob:**bench-small-bf16.json")
                .isDirectoryContaining("glob:**pytorch-operations.jsonl")
                .isDirectoryContaining("glob:**curve-second.jsonl");
    }

    @Test
    void operationsAreTimedWithoutPyTorchToo() throws IOException, InterruptedException {
        assertThat(rehearse(Map.of("NO_TORCH", "1"))).as(printed()).isZero();

        JsonObject operations = parts().get("operations");
        assertThat(operations.get("outcome").getAsString()).isEqualTo("passed");
        assertThat(operations.get("operations").getAsInt()).isEqualTo(2);
        assertThat(operations.get("no_peer").getAsString()).endsWith("python has no torch that can be imported");
        assertThat(operations.has("ratios")).isFalse();
    }
}
