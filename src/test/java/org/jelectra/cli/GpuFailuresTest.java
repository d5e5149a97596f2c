package org.jelectra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.cuda.ShippedKernels;
import org.jelectra.gpu.jcuda.FakeCuda;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All that can be wrong with a GPU, as the user of the command line sees it: one line with cause and remedy. */
class GpuFailuresTest {

    @TempDir
    private static Path driver;

    @TempDir
    private Path directory;

    private Path output;

    @BeforeAll
    static void compile() throws Exception {
        FakeCuda.compile(driver);
    }

    @BeforeEach
    void nameOutput() {
        output = directory.resolve("run");
    }

    private ChildProcess.Result pretrain(String libraries, String environment, String classPath, String... options)
            throws Exception {
        List<String> arguments = new ArrayList<>(
                TinyRun.arguments(TinyRun.writeText(directory), TinyRun.writeVocabulary(directory), output));
        // enough for a step, an evaluation and a model
        arguments.set(arguments.indexOf("--max-steps") + 1, "3");
        arguments.addAll(List.of(options));
        String before = "LD_LIBRARY_PATH=" + libraries + " " + environment;
        return ChildProcess.await(ChildProcess.start(directory, before, classPath, arguments), directory);
    }

    private ChildProcess.Result onFake(String environment, String... options) throws Exception {
        return pretrain(driver.toString(), environment, System.getProperty("java.class.path"), options);
    }

    /** Exit code 1, that line alone, and nothing half-written. */
    private void assertFailure(ChildProcess.Result result, String line) throws IOException {
        assertThat(result.err()).isEqualTo("jelectra: " + line + "\n");
        assertThat(result.code()).isEqualTo(1);
        assertThat(output.resolve("settings.json")).doesNotExist();
        assertThat(output.resolve("discriminator")).doesNotExist();
    }

    private static void assumeNoDriver() {
        assumeFalse(Files.exists(Path.of("/proc/driver/nvidia/version")), "this machine has a driver");
    }

    @Test
    void withoutADriver() throws Exception {
        assumeNoDriver();
        String reason =
                "there is no NVIDIA driver: libcuda.so.1 was not found (in a container, start it with access to the"
                        + " GPU, for example docker run --gpus all)";

        assertFailure(
                pretrain("", "", System.getProperty("java.class.path"), "--backend", "cuda"),
                "the backend cuda cannot run here: " + reason + "; the backend cpu can, in float32");

        ChildProcess.Result auto = pretrain("", "", System.getProperty("java.class.path"));
        assertThat(auto.err()).isEqualTo("jelectra: computing on the backend cpu: " + reason + "\n");
        assertThat(auto.out()).contains("backend   cpu: ");
        assertThat(auto.code()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FAKE_CUDA_VERSION=11040 | the NVIDIA driver is too old: it supports CUDA 11.4; CUDA 12.0 or newer is needed,"
                        + " which NVIDIA driver 525 or newer has",
                "FAKE_CUDA_DEVICES=0 | there is an NVIDIA driver but no device that it can use: nvidia-smi should list one,"
                        + " and CUDA_VISIBLE_DEVICES must not hide it",
                "FAKE_CUDA_CAPABILITY=75 | the kernels need a device of compute capability 8.0 or newer, such as an A100 or"
                        + " RTX 3060; Fake Device 0 has 7.5",
                "FAKE_CUDA_FAIL=cuDevicePrimaryCtxRetain=2 | opening device 0 failed: CUDA_ERROR_OUT_OF_MEMORY (2), words of"
                        + " the fake driver; others use its memory: nvidia-smi lists them, CUDA_VISIBLE_DEVICES chooses"
                        + " another device",
            })
    void whatCannotRunSaysWhyAndAutoFallsBack(String environment, String reason) throws Exception {
        assertFailure(
                onFake(environment, "--backend", "cuda"),
                "the backend cuda cannot run here: " + reason + "; the backend cpu can, in float32");

        ChildProcess.Result auto = onFake(environment);
        assertThat(auto.err()).isEqualTo("jelectra: computing on the backend cpu: " + reason + "\n");
        assertThat(auto.code()).isZero();
    }

    @Test
    void aDriverThatDoesNotReadThePtx() throws Exception {
        ChildProcess.Result result = onFake("FAKE_CUDA_FAIL=cuModuleLoadDataEx=222");

        assertThat(result.err())
                .matches(
                        "jelectra: the module \\w+\\.ptx is written in PTX 8\\.0, which is too new for this driver: it"
                                + " supports CUDA 12\\.4; CUDA 12\\.0 or newer is needed, which NVIDIA driver 525 or newer has, .*\n");
        assertFailure(result, result.err().strip().substring("jelectra: ".length()));
    }

    @Test
    void aDriverThatRejectsThePtxQuotesItsCompiler() throws Exception {
        ChildProcess.Result result = onFake("FAKE_CUDA_FAIL=cuModuleLoadDataEx=218");

        assertThat(result.err())
                .matches(
                        "jelectra: the driver does not load the module \\w+\\.ptx: CUDA_ERROR_INVALID_PTX \\(218\\), words of"
                                + " the fake driver; ptxas application ptx input, line 7; error   : Parsing error near .*\n");
        assertFailure(result, result.err().strip().substring("jelectra: ".length()));
    }

    @Test
    void aDeviceWithTooLittleMemory() throws Exception {
        ChildProcess.Result result = onFake("FAKE_CUDA_MEGABYTES=1");

        assertThat(result.err())
                .matches("jelectra: the device has no room for \\d+ bytes, \\d+ are free; the run needs \\d+\\.\\d MB:"
                        + " parameters \\d+\\.\\d, gradients \\d+\\.\\d, moments \\d+\\.\\d, bf16 copies \\d+\\.\\d,"
                        + " activations \\d+\\.\\d, batch \\d+\\.\\d,"
                        + " evaluation \\d+\\.\\d, kernels \\d+\\.\\d; more micro-batches, .*"
                        + " \\(--accumulate, --batch, --sequence-length, --precision\\)\n");
        assertFailure(result, result.err().strip().substring("jelectra: ".length()));
    }

    /** Not when the model is made, but before the text is read. */
    @Test
    void aDeviceThatIsFarTooSmall() throws Exception {
        ChildProcess.Result result = onFake("FAKE_CUDA_MEGABYTES=1", "--ffn-size", "10000");

        assertThat(result.err())
                .matches(
                        "jelectra: the run needs \\d+ MB of memory, at most 1 MB are free on the device; --accumulate, --batch"
                                + " and --sequence-length take less \\(jelectra plan shows what takes it\\)\n");
        assertThat(result.out()).doesNotContain("text ");
        assertFailure(result, result.err().strip().substring("jelectra: ".length()));
    }

    @Test
    void aDriverThatHasNoRoomForItsOwnNeeds() throws Exception {
        ChildProcess.Result result = onFake("FAKE_CUDA_FAIL=cuModuleLoadDataEx=2");

        assertThat(result.err())
                .matches(
                        "jelectra: loading the module \\w+\\.ptx failed: the device has no room for it, \\d+ bytes are free;"
                                + " the run needs .*--accumulate.*\n");
        assertFailure(result, result.err().strip().substring("jelectra: ".length()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " JAVA_TOOL_OPTIONS=-Djelectra.gpu.synchronous=true"})
    void aKernelThatFaults(String synchronous) throws Exception {
        ChildProcess.Result result = onFake("FAKE_CUDA_FAULT=attention_forward" + synchronous);

        List<String> lines = result.err()
                .lines()
                .filter(line -> !line.startsWith("Picked up"))
                .toList();
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0))
                .matches(
                        "jelectra: kernel \\w+ \\(grid \\d+x\\d+x\\d+, block \\d+x\\d+.*\\) faulted: CUDA_ERROR_ILLEGAL_ADDRESS"
                                + " \\(700\\), an illegal memory access was encountered.*");
        if (synchronous.isEmpty()) {
            assertThat(lines.get(0))
                    .endsWith(
                            "; it was the last one launched before the error was noticed,"
                                    + " -Djelectra.gpu.synchronous=true names the right one for certain (in JELECTRA_JAVA_OPTS)");
        } else {
            assertThat(lines.get(0))
                    .startsWith("jelectra: kernel attention_forward")
                    .endsWith("was encountered");
        }
        assertThat(result.code()).isEqualTo(1);
        assertThat(output.resolve("discriminator")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FAKE_CUDA_CAPABILITY=75 | the backend cuda should work here: the kernels need a device of compute capability 8.0",
                "FAKE_CUDA_FAULT=fill | cuda \\w+: \\w+ of [^:]+: allocating \\d+ bytes on the device failed: the device cannot be used by this process"
                        + " any more since kernel fill_\\w+ \\(grid .*\\) faulted: CUDA_ERROR_ILLEGAL_ADDRESS",
                "FAKE_CUDA_FAIL=cuMemAlloc_v2=2@5,cuMemAlloc_v2=2@10 | cuda \\w+: \\w+ of [^:]+: the device has no room for \\d+ bytes, \\d+ are free",
                "FAKE_CUDA_FAIL=cuModuleLoadDataEx=222 | cuda: the module \\w+.ptx is written in PTX 8.0, which is too new",
            })
    void doctorSaysTheSameOnceForEachPrecision(String environment, String problem) throws Exception {
        ChildProcess.Result result = ChildProcess.run(
                directory, "LD_LIBRARY_PATH=" + driver + " " + environment, List.of("doctor", "--backend", "cuda"));

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).containsPattern("(?m)^problem   " + problem);
        assertThat(result.out().lines().filter(line -> line.matches("problem   " + problem + ".*")))
                .hasSizeBetween(1, 2);
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void damagedKernels() throws Exception {
        String family = "elementwise";
        String ptx = new String(ShippedKernels.ptx(family), StandardCharsets.ISO_8859_1);
        Path file = directory.resolve("classes/org/jelectra/kernels/" + family + ".ptx");
        Files.createDirectories(file.getParent());
        // one bit of a number that is an instruction's operand
        int at = ptx.lastIndexOf("mov.u32");
        int digit = at + 8 + ptx.substring(at + 8).indexOf("%r") + 2;
        char[] text = ptx.toCharArray();
        text[digit] ^= 1;
        Files.write(file, new String(text).getBytes(StandardCharsets.ISO_8859_1));

        ChildProcess.Result result = pretrain(
                driver.toString(),
                "",
                directory.resolve("classes") + File.pathSeparator + System.getProperty("java.class.path"));

        assertThat(result.err())
                .matches(
                        "jelectra: the kernels /org/jelectra/kernels/elementwise\\.ptx on the class path are damaged: the file"
                                + " has the SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}; install jelectra again, or rebuild them with"
                                + " tools/build-kernels elementwise\n");
        assertFailure(result, result.err().strip().substring("jelectra: ".length()));
    }
}
