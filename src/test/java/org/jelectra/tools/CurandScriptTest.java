package org.jelectra.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jelectra.io.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tools/gpu/curand} with a library in the place of cuRAND that fills the host's memory. */
class CurandScriptTest {

    /** Evenly spread numbers. It knows no dynamic ordering, as cuRAND before CUDA 11.5; -DSILENT writes nothing. */
    private static final String LIBRARY = """
            #include <math.h>
            #include <stddef.h>
            #include <stdlib.h>
            struct generator { int type, ordering; };
            int curandGetVersion(int *version) { *version = 100400; return 0; }
            int curandCreateGenerator(struct generator **g, int type) {
                *g = calloc(1, sizeof **g);
                (*g)->type = type;
                return type == 161 ? 0 : 103;
            }
            int curandSetGeneratorOrdering(struct generator *g, int ordering) {
                g->ordering = ordering;
                return ordering == 101 ? 0 : 104;
            }
            int curandSetPseudoRandomGeneratorSeed(struct generator *g, unsigned long long seed) { return seed == 1 ? 0 : 104; }
            int curandGenerateUniform(struct generator *g, float *x, size_t n) {
            #ifndef SILENT
                for (size_t i = 0; i < n; i++) x[i] = (i + 0.5f) / n;
            #endif
                return g->type == 161 && g->ordering == 101 ? 0 : 104;
            }
            int curandGenerateNormal(struct generator *g, float *x, size_t n, float mean, float deviation) {
                if (n % 2) return 105;
                for (size_t i = 0; i < n; i++) x[i] = mean + deviation * (i % 2 ? 1 : -1);
                return 0;
            }
            int curandDestroyGenerator(struct generator *g) { free(g); return 0; }
            """;

    private static final String OPERATIONS = """
            {"evicted_bytes": 1024, "operations": [
              {"operation": "gelu", "shapes": "[8]", "operands": [], "cold_us": {"p50": 1.0}},
              {"operation": "dropout", "shapes": "2x[37, 10]", "cold_us": {"p50": 2.0},
               "operands": [{"name": "x", "shape": [37, 10]}, {"name": "y", "shape": [37, 10]}]},
              {"operation": "sampleMultinomial", "shapes": "[20, 50] [21]", "cold_us": {"p50": 4.0},
               "operands": [{"name": "logits", "shape": [21, 50]}, {"name": "sampled", "shape": [21]}]}]}
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void operations() throws IOException {
        assumeTrue(run("python3", "--version") == 0, "needs python3");
        Files.writeString(folder.resolve("operations.json"), OPERATIONS);
    }

    private int run(String... command) throws IOException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("printed").toFile())
                    .start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } catch (IOException e) {
            return -1; // there is no such program
        }
    }

    private int curand(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "python3",
                "-B",
                "tools/gpu/curand",
                "--operations",
                folder.resolve("operations.json").toString(),
                "--device",
                "cpu",
                "--steps",
                "3",
                "--warmup",
                "1",
                "--json",
                folder.resolve("lines").toString()));
        command.addAll(List.of(options));
        return run(command.toArray(String[]::new));
    }

    private String compiled(String... options) throws IOException {
        Path source = folder.resolve("curand.c");
        Path library = folder.resolve("libcurand.so");
        Files.writeString(source, LIBRARY);
        List<String> command =
                new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString()));
        command.addAll(List.of(options));
        assumeTrue(run(command.toArray(String[]::new)) == 0, "needs a C compiler");
        return library.toString();
    }

    private String printed() throws IOException {
        return Files.readString(folder.resolve("printed"));
    }

    @Test
    void numbersAreTimedBesideTheOperationsThatDrawThem() throws IOException {
        assertThat(curand("--library", compiled())).as(printed()).isZero();

        List<String> lines = Files.readAllLines(folder.resolve("lines"));
        assertThat(lines).hasSize(2);
        JsonObject dropout = Json.parse(lines.get(0), "dropout");
        assertThat(dropout.get("operation").getAsString()).isEqualTo("dropout");
        assertThat(dropout.get("numbers").getAsInt()).isEqualTo(370);
        assertThat(dropout.get("curand").getAsInt()).isEqualTo(100_400);
        assertThat(dropout.get("ours_numbers_per_s").getAsDouble()).isEqualTo(370 / 2e-6, within(1.0));
        JsonObject uniform = dropout.getAsJsonObject("uniform");
        assertThat(uniform.get("ordering").getAsString()).isEqualTo("default");
        double cold = uniform.getAsJsonObject("cold_us").get("p50").getAsDouble();
        assertThat(cold).isPositive();
        assertThat(uniform.get("bytes_per_s").getAsDouble()).isEqualTo(4 * 370 / cold * 1e6, within(1.0));
        assertThat(dropout.get("uniforms_of_ours").getAsDouble()).isEqualTo(cold / 2, within(1e-9));
        JsonObject sampling = Json.parse(lines.get(1), "sampling");
        assertThat(sampling.get("numbers").getAsInt()).isEqualTo(21);
        // normals come in pairs
        assertThat(sampling.getAsJsonObject("normal")
                        .getAsJsonObject("warm_us")
                        .get("p50")
                        .getAsDouble())
                .isPositive();
    }

    @Test
    void aLibraryThatWritesNothingIsNotTimed() throws IOException {
        assertThat(curand("--library", compiled("-DSILENT"))).isEqualTo(1);

        assertThat(printed())
                .contains("370 uniform: expected mean 0.5000 and variance 0.0833, got 0.0000, 0.0000")
                .contains("curandSetGeneratorOrdering returned the status 104");
    }

    @Test
    void withoutTheLibraryItSaysWhy() throws IOException {
        assertThat(curand("--library", folder.resolve("none.so").toString())).isEqualTo(77);

        assertThat(printed()).startsWith("cuRAND cannot be loaded: ").contains("none.so");
    }

    @Test
    void theGpusLibraryIsNotGivenTheHostsMemory() throws IOException {
        assertThat(curand()).isEqualTo(77);

        assertThat(printed()).contains("--device cpu needs a --library that fills the host's");
    }
}
