package org.jelectra.cli.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jelectra.backend.Availability;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.backend.check.Catalog;
import org.jelectra.backend.check.Sizes;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.cli.ChildProcess;
import org.jelectra.cli.CommandRunner;
import org.jelectra.gpu.jcuda.FakeCuda;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {

    @Test
    void tellsWhatTheMachineHasAndChecksTheKernels() {
        int operations = Catalog.withVariants(Sizes.ODD).size()
                + Catalog.withVariants(Sizes.EVEN).size();
        String kernels;
        try (Backend cpu = CpuBackend.create(1)) {
            kernels = cpu.kernels();
        }

        CommandRunner.Result result = CommandRunner.run("doctor", "--simulate");

        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("\njava      ")
                .contains("\ncuda      ")
                .contains("\ncpu       ")
                .containsPattern("check     cpu threads: " + operations
                        + " operations agree with the reference \\(cpu, 1 thread, kernels: " + kernels
                        + ".*\\), largest difference 0.0e")
                .containsPattern("check     simulated bf16: \\d+ kernels load, " + operations
                        + " operations agree with the reference")
                .containsPattern(
                        "check     simulated float32: \\d+ kernels load, " + operations + " operations agree with")
                .endsWith("all well\n");
        assertThat(result.code()).isZero();
        // there are vectors on every processor with FMA
        if (!kernels.equals("scalar")) {
            assertThat(result.out())
                    .contains("check     cpu: " + operations
                            + " operations agree with the reference (cpu, 1 thread, kernels: scalar)")
                    .doesNotContain("kernels: scalar), largest difference 0.0");
        }
    }

    @Test
    void withoutVectorKernelsItSaysThatThreadsAloneWereCompared(@TempDir Path folder) throws Exception {
        ChildProcess.Result result = ChildProcess.run(folder, "", List.of("doctor", "--backend", "cpu"));

        assertThat(result.out())
                .contains("check     cpu threads: ")
                .contains("remark    cpu: without vector kernels there is nothing to compare it with")
                .doesNotContain("check     cpu: ")
                .endsWith("all well\n");
    }

    @Test
    void aBackendThatIsDemandedAndMissingIsAFailure() {
        Availability cuda = Backends.available().get(0);
        assumeFalse(cuda.available(), "this machine can run the backend cuda");
        CommandRunner.Result result = CommandRunner.run("doctor", "--backend", "cuda", "--json");

        JsonObject json = JsonParser.parseString(result.out()).getAsJsonObject();
        assertThat(json.get("ok").getAsBoolean()).isFalse();
        assertThat(json.get("problems").getAsJsonArray())
                .singleElement()
                .satisfies(problem -> assertThat(problem.getAsString())
                        .isEqualTo("the backend cuda should work here: " + cuda.description()));
        JsonObject check = json.get("checks").getAsJsonArray().get(0).getAsJsonObject();
        assertThat(check.get("subject").getAsString()).isEqualTo("cpu");
        assertThat(check.get("operations").getAsJsonArray()).hasSizeGreaterThan(50);
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void whereALimitEndsItItSaysWhatItWasAtAndWhatItHasFound(@TempDir Path folder)
            throws IOException, InterruptedException {
        ChildProcess.Result result = null;
        for (int seconds = 2;
                seconds < 60 && (result == null || !result.out().contains("\"operation\""));
                seconds *= 2) {
            Process process = ChildProcess.start(folder, List.of("doctor", "--simulate", "--json"));
            process.waitFor(seconds, TimeUnit.SECONDS); // to begin, which takes longer on a busy machine
            process.destroy();
            result = ChildProcess.await(process, folder);
        }
        String said = result.err();
        assertThat(said)
                .startsWith("jelectra doctor: ended by a signal while it was ")
                .hasLineCount(1);
        assertThat(result.code()).isEqualTo(143);
        JsonObject json = JsonParser.parseString(result.out()).getAsJsonObject();
        assertThat(json.get("ok").getAsBoolean()).isFalse();
        assertThat(json.get("problems").getAsJsonArray())
                .singleElement()
                .satisfies(problem -> assertThat("jelectra doctor: " + problem.getAsString() + "\n")
                        .isEqualTo(said));
        JsonObject check = json.get("checks").getAsJsonArray().get(0).getAsJsonObject();
        assertThat(check.get("operations").getAsJsonArray()).isNotEmpty();
    }

    @Test
    void sharesAreAllKernelsTogether(@TempDir Path folder) throws Exception {
        FakeCuda.compile(folder);
        int[] loaded = new int[3];
        String[] shares = {"1/1", "1/2", "2/2"};
        for (int i = 0; i < shares.length; i++) {
            ChildProcess.Result result =
                    ChildProcess.run(folder, "LD_LIBRARY_PATH=" + folder, List.of("doctor", "--load", shares[i]));
            assertThat(result.out()).as(result.err()).matches("share " + shares[i] + ": \\d+ kernels load\n");
            loaded[i] = Integer.parseInt(result.out().split("[: ]+")[2]);
        }
        assertThat(loaded[1]).isPositive();
        assertThat(loaded[2]).isPositive();
        assertThat(loaded[1] + loaded[2]).isEqualTo(loaded[0]);
    }

    @Test
    void sharesThatAreNoneAreWrongUsage() {
        for (String share : List.of("3/2", "0/2", "1", "a/b")) {
            CommandRunner.Result result = CommandRunner.run("doctor", "--load", share);

            assertThat(result.err())
                    .isEqualTo("jelectra doctor: --load needs I/N, such as 1/4 to 4/4, got '" + share
                            + "' (see jelectra doctor --help)\n");
            assertThat(result.code()).isEqualTo(2);
        }
    }

    @Test
    void aShareIsNotChecked() {
        CommandRunner.Result result =
                CommandRunner.run("doctor", "--load", "1/2", "--json", "--simulate", "--backend", "cpu");

        assertThat(result.err())
                .isEqualTo("jelectra doctor: --backend, --simulate, --json needs the checks, which --load leaves out"
                        + " (see jelectra doctor --help)\n");
        assertThat(result.code()).isEqualTo(2);
    }

    @Test
    void otherBackendsAreWrongUsage() {
        CommandRunner.Result result = CommandRunner.run("doctor", "--backend", "tpu");

        assertThat(result.err())
                .isEqualTo(
                        "jelectra doctor: no backend is named 'tpu'; there are cpu and cuda (see jelectra doctor --help)\n");
        assertThat(result.code()).isEqualTo(2);
    }
}
