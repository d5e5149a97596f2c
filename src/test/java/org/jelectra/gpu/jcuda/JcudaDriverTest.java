package org.jelectra.gpu.jcuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The way from Java through JCuda into a driver: against a driver without a device, which records the calls. */
@Tag("every-jdk")
class JcudaDriverTest {

    private static final String NOTHING_ALIVE =
            "alive: memory 0 pinned 0 modules 0 streams 0 events 0 graphs 0 executables 0 contexts 0";

    @TempDir
    private static Path directory;

    private static FakeCuda fake;

    @BeforeAll
    static void compile() throws Exception {
        fake = FakeCuda.compile(directory);
    }

    private static List<String> run(String scenario) throws Exception {
        return fake.run(Map.of(), scenario).succeeded().lines();
    }

    private static List<String> run(String scenario, String failure) throws Exception {
        return fake.run(Map.of("FAKE_CUDA_FAIL", failure), scenario).succeeded().lines();
    }

    @Test
    void tellsWhatTheDeviceIs() throws Exception {
        assertThat(run("describe"))
                .containsExactly(
                        "Fake Device 0, CUDA 12.4 through JCuda 12.6.0",
                        "DeviceProperties[name=Fake Device 0, computeCapability=90, multiprocessors=132, memoryBytes=1073741824,"
                                + " l2Bytes=52428800, sharedMemoryPerBlock=232448]",
                        "1073741824",
                        "FunctionAttributes[registers=32, staticSharedBytes=16, localBytes=0, maxThreads=1024]",
                        "8");
    }

    @Test
    void launchesKeepTheirArguments() throws Exception {
        assertThat(run("launch")).containsExactly("12.0 8.0 12.0");
        assertThat(run("mixed")).containsExactly("-7.0 1.099511627776E12 0.5");
        assertThat(run("many")).containsExactly("1.0");
    }

    @ParameterizedTest
    @CsvSource({"false, 900 CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "true, no error"})
    void graphsRepeatWhatWasRecorded(boolean synchronous, String synchronizingWhileRecording) throws Exception {
        List<String> lines = fake.run(Map.of(), "graph", "-Djelectra.gpu.synchronous=" + synchronous)
                .succeeded()
                .lines();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).isEqualTo("1.0 2.0");
        assertThat(lines.get(1)).isEqualTo("36.0 8.0");
        assertThat(lines.get(2)).contains(synchronizingWhileRecording);
        assertThat(lines.get(3)).isEqualTo("72.0 16.0");
    }

    @Test
    void copiesWhatLiesBetweenPositionAndLimit() throws Exception {
        assertThat(run("copies")).containsExactly("7 7 2 3 7 7 7 7; positions 4 0");
    }

    @Test
    void eventsTakeTime() throws Exception {
        assertThat(run("events")).containsExactly("1.5");
    }

    @Test
    void sharedMemoryOnceAllowedStaysSo() throws Exception {
        assertThat(run("shared", "cuLaunchKernel=701@4"))
                .containsExactly(
                        "done",
                        "701 CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES [harmless] kernel harmless (grid 5x1x1, block 32x1) could not be"
                                + " launched: CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES (701), words of the fake driver");
    }

    @Test
    void memoryThatDoesNotFitIsReportedWithBothNumbers() throws Exception {
        assertThat(run("memory"))
                .containsExactly(
                        "GpuOutOfMemoryException 2 CUDA_ERROR_OUT_OF_MEMORY the device has no room for 3221225472 bytes,"
                                + " 1073741824 are free",
                        "no error");
    }

    /** The first is that of arguments, which loading a module needs too. */
    @Test
    void pageLockedMemoryIsTheSystems() throws Exception {
        assertThat(run("load", "cuMemHostAlloc=2"))
                .containsExactly(
                        "GpuException 2 CUDA_ERROR_OUT_OF_MEMORY the system gives no 65536 bytes of page-locked memory:"
                                + " CUDA_ERROR_OUT_OF_MEMORY (2), words of the fake driver; free some, or raise the limit of a"
                                + " container");
    }

    @Test
    void aMissingCompilerIsNamed() throws Exception {
        assertThat(run("load", "cuModuleLoadDataEx=221").get(0))
                .isEqualTo(
                        "GpuModuleException 221 CUDA_ERROR_JIT_COMPILER_NOT_FOUND the driver does not load the module test.ptx:"
                                + " CUDA_ERROR_JIT_COMPILER_NOT_FOUND (221), words of the fake driver; usually the driver's compiler is"
                                + " not installed, libnvidia-ptxjitcompiler.so.1, which belongs beside libcuda.so.1, also in a container");
    }

    @Test
    void rejectedModulesComeWithTheCompilersLog() throws Exception {
        assertThat(run("reject"))
                .containsExactly(
                        "GpuModuleException 218 CUDA_ERROR_INVALID_PTX the driver does not load the module bad.ptx:"
                                + " CUDA_ERROR_INVALID_PTX (218), words of the fake driver",
                        "ptxas application ptx input, line 7; error   : Parsing error near 'nonsense'");
    }

    @Test
    void tooNewPtxNamesTheDriverThatIsNeeded() throws Exception {
        assertThat(run("load", "cuModuleLoadDataEx=222").get(0))
                .isEqualTo(
                        "GpuModuleException 222 CUDA_ERROR_UNSUPPORTED_PTX_VERSION the module test.ptx is written in PTX 8.0,"
                                + " which is too new for this driver: it supports CUDA 12.4; CUDA 12.0 or newer is needed, which NVIDIA"
                                + " driver 525 or newer has, or a lower .version where the instructions allow one");
    }

    @Test
    void faultNamesTheSuspectAndEndsTheDevice() throws Exception {
        String fault =
                "kernel harmless (grid 2x1x1, block 64x1) faulted: CUDA_ERROR_ILLEGAL_ADDRESS (700), an illegal memory access"
                        + " was encountered; it was the last one launched before the error was noticed,"
                        + " -Djelectra.gpu.synchronous=true names the right one for certain";
        assertThat(run("fault"))
                .containsExactly(
                        "700 CUDA_ERROR_ILLEGAL_ADDRESS [harmless] " + fault,
                        "lost 700 CUDA_ERROR_ILLEGAL_ADDRESS [harmless] copying from the device failed: the device cannot be used by"
                                + " this process any more since " + fault);
    }

    @ParameterizedTest
    @CsvSource({"fault", "faulty graph"})
    void faultNamesTheCulpritWhenEveryKernelIsWaitedFor(String scenario) throws Exception {
        List<String> lines = fake.run(Map.of(), scenario, "-Djelectra.gpu.synchronous=true")
                .succeeded()
                .lines();
        assertThat(lines.get(0))
                .isEqualTo("700 CUDA_ERROR_ILLEGAL_ADDRESS [faulty] kernel faulty (grid 3x1x1, block 64x1) faulted:"
                        + " CUDA_ERROR_ILLEGAL_ADDRESS (700), an illegal memory access was encountered");
    }

    @Test
    void errorsOfNewerDriversAreFaultsToo() throws Exception {
        assertThat(run("fault", "cuStreamSynchronize=721").get(0))
                .startsWith("721 ")
                .contains("[harmless] kernel harmless (grid 2x1x1, block 64x1) faulted: ");
    }

    @ParameterizedTest
    @CsvSource({
        "214, CUDA_ERROR_ECC_UNCORRECTABLE",
        "220, CUDA_ERROR_NVLINK_UNCORRECTABLE",
        "226, CUDA_ERROR_CONTAINED",
    })
    void whatTheDeviceDoesWrongIsNoKernelsFault(int code, String name) throws Exception {
        String failure = "the device failed: " + name + " (" + code
                + "), words of the fake driver; no kernel did that: a new process may"
                + " work, else nvidia-smi -q -d ECC may tell more, and a reset or another device helps";
        assertThat(run("fault", "cuStreamSynchronize=" + code))
                .containsExactly(
                        "GpuException " + code + " " + name + " " + failure,
                        "lost " + code + " " + name
                                + " [unknown] waiting for a stream failed: the device cannot be used by this"
                                + " process any more since " + failure);
    }

    @ParameterizedTest
    @CsvSource({"false, 900 CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "true, no error"})
    void memoryIsNotAllocatedWhileRecording(boolean synchronous, String allocatingWhileRecording) throws Exception {
        List<String> lines = fake.run(Map.of(), "allocating graph", "-Djelectra.gpu.synchronous=" + synchronous)
                .succeeded()
                .lines();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).contains(allocatingWhileRecording);
        assertThat(lines.get(1)).contains(allocatingWhileRecording);
        assertThat(lines.get(2)).as("the stream works on").isEqualTo("3.0");
    }

    @Test
    void otherFailuresSayWhatWasTried() throws Exception {
        assertThat(run("load", "cuModuleLoadDataEx=304"))
                .first()
                .asString()
                .contains("304 CUDA_ERROR_OPERATING_SYSTEM");
        assertThat(fake.run(Map.of("FAKE_CUDA_FAIL", "cuDevicePrimaryCtxRetain=46"), "open")
                        .succeeded()
                        .lines())
                .containsExactly("no error", "no error");
        assertThat(fake.run(Map.of("FAKE_CUDA_FAIL", "cuDevicePrimaryCtxRetain=46"), "describe")
                        .errors())
                .contains(
                        "GpuUnavailableException: opening device 0 failed: CUDA_ERROR_DEVICE_UNAVAILABLE (46), words of the"
                                + " fake driver; another process has it for itself: nvidia-smi lists it,"
                                + " CUDA_VISIBLE_DEVICES chooses another device");
    }

    /** The driver keeps the error of a kernel for all of the process. */
    @Test
    void afterAFaultADeviceOpensInANewProcessOnly() throws Exception {
        assertThat(fake.run(Map.of("FAKE_CUDA_FAIL", "cuDevicePrimaryCtxRetain=700"), "describe")
                        .errors())
                .contains(
                        "GpuUnavailableException: opening device 0 failed: CUDA_ERROR_ILLEGAL_ADDRESS (700), an illegal memory access"
                                + " was encountered; a process cannot use the device after a fault: try a new one, and look at"
                                + " nvidia-smi if that fails too");
    }

    @Test
    void whatIsNotClosedIsListedAndClosedInTheEnd(@TempDir Path logs) throws Exception {
        Path log = logs.resolve("calls");
        List<String> lines = fake.run(Map.of("FAKE_CUDA_LOG", log.toString()), "leak")
                .succeeded()
                .lines();

        assertThat(lines)
                .containsExactly(
                        "[device memory of 4 bytes, module test.ptx, event, stream, pinned memory of 100 bytes]");
        assertThat(FakeCuda.log(log))
                .endsWith(
                        "cuMemFreeHost",
                        "cuStreamDestroy_v2",
                        "cuEventDestroy_v2",
                        "cuModuleUnload",
                        "cuMemFree_v2",
                        "cuStreamDestroy_v2",
                        "cuMemFreeHost",
                        "cuDevicePrimaryCtxRelease_v2",
                        NOTHING_ALIVE);
    }

    @Test
    void theDeviceIsClosedThoughMemoryOfTheHostIsNotFreed(@TempDir Path logs) throws Exception {
        Path log = logs.resolve("calls");
        assertThat(fake.run(Map.of("FAKE_CUDA_LOG", log.toString(), "FAKE_CUDA_FAIL", "cuMemFreeHost=1"), "launch")
                        .errors())
                .contains("GpuException: freeing the memory of arguments failed: CUDA_ERROR_INVALID_VALUE (1)");

        assertThat(FakeCuda.log(log)).last().asString().endsWith("contexts 0");
    }

    @ParameterizedTest
    @CsvSource({"describe", "launch", "graph", "copies", "events", "many"})
    void nothingIsLeft(String scenario, @TempDir Path logs) throws Exception {
        Path log = logs.resolve("calls");
        fake.run(Map.of("FAKE_CUDA_LOG", log.toString()), scenario).succeeded();

        assertThat(FakeCuda.log(log)).last().isEqualTo(NOTHING_ALIVE);
    }

    @Test
    void oldDriversAndMissingDevicesAreUnavailable() throws Exception {
        assertThat(fake.run(Map.of("FAKE_CUDA_VERSION", "11040"), "open")
                        .succeeded()
                        .lines())
                .hasSize(2)
                .containsOnly("GpuUnavailableException 0  the NVIDIA driver is too old: it supports CUDA 11.4;"
                        + " CUDA 12.0 or newer is needed, which NVIDIA driver 525 or newer has");
        assertThat(fake.run(Map.of("FAKE_CUDA_DEVICES", "0"), "open")
                        .succeeded()
                        .lines())
                .hasSize(2)
                .containsOnly(
                        "GpuUnavailableException 100 CUDA_ERROR_NO_DEVICE there is an NVIDIA driver but no device that it can"
                                + " use: nvidia-smi should list one, and CUDA_VISIBLE_DEVICES must not hide it");
    }

    @ParameterizedTest
    @CsvSource({
        "34, CUDA_ERROR_STUB_LIBRARY, a toolkit's",
        "802, CUDA_ERROR_SYSTEM_NOT_READY, nvidia-fabricmanager",
        "803, CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, libcuda.so.1 is of another release",
        "804, CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE, cuda-compat",
        "805, CUDA_ERROR_MPS_CONNECTION_FAILED, nvidia-cuda-mps-control",
        "999, CUDA_ERROR_UNKNOWN, /dev/nvidia-uvm",
    })
    void aDriverThatDoesNotStartSaysWhatUsuallyKeepsIt(int code, String name, String cause) throws Exception {
        assertThat(fake.run(Map.of("FAKE_CUDA_FAIL", "cuInit=" + code), "open")
                        .succeeded()
                        .lines())
                .first()
                .asString()
                .startsWith("GpuUnavailableException " + code + " " + name + " starting the driver failed: " + name
                        + " (" + code + "), words of the fake driver; ")
                .contains(cause);
    }

    @Test
    void theBackendNeedsADeviceThatIsNewEnough() throws Exception {
        assertThat(run("available"))
                .containsExactly("cuda: Fake Device 0, CUDA 12.4 through JCuda 12.6.0, values bf16");
        assertThat(fake.run(Map.of("FAKE_CUDA_CAPABILITY", "75"), "available")
                        .succeeded()
                        .lines())
                .containsExactly(
                        "cuda: not available, the kernels need a device of compute capability 8.0 or newer, such as"
                                + " an A100 or RTX 3060; Fake Device 0 has 7.5");
        assertThat(run("available", "cuDevicePrimaryCtxRetain=2"))
                .singleElement()
                .asString()
                .contains("CUDA_ERROR_OUT_OF_MEMORY");
    }
}
