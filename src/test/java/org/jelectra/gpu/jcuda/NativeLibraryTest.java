package org.jelectra.gpu.jcuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The natives: missing in every way that they can be missing, and extracted by many at once. */
@Tag("every-jdk")
class NativeLibraryTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"open, 2", "compile, 1"})
    void withoutJcudaTheReasonNamesWhatToAdd(String scenario, int lines) throws Exception {
        assertThat(FakeCuda.runWithoutDriver(FakeCuda.classPath(), scenario)
                        .succeeded()
                        .lines())
                .hasSize(lines)
                .containsOnly("GpuUnavailableException 0  JCuda is not on the class path: add org.jcuda:jcuda:12.6.0"
                        + " and org.jcuda:jcuda-natives:12.6.0 with the classifier linux-x86_64");
    }

    @Test
    void withoutJcudaTheBackendIsListedWithTheReason() throws Exception {
        assertThat(FakeCuda.runWithoutDriver(FakeCuda.classPath(), "available")
                        .succeeded()
                        .lines())
                .singleElement()
                .asString()
                .startsWith("cuda: not available, JCuda is not on the class path: add ");
    }

    @Test
    void withoutNativesTheReasonNamesWhatToAdd() throws Exception {
        assertThat(FakeCuda.runWithoutDriver(FakeCuda.classPath(FakeCuda.driverJar()), "open")
                        .succeeded()
                        .lines())
                .hasSize(2)
                .containsOnly("GpuUnavailableException 0  the natives of JCuda are not on the class path:"
                        + " add org.jcuda:jcuda-natives:12.6.0 with the classifier linux-x86_64");
    }

    @Test
    void withoutDriverTheReasonIsOneLine() throws Exception {
        if (Files.exists(Path.of("/proc/driver/nvidia/version"))) {
            return; // then there is one
        }
        assertThat(FakeCuda.runWithoutDriver(FakeCuda.classPath(FakeCuda.driverJar(), FakeCuda.nativesJar()), "open")
                        .succeeded()
                        .lines())
                .hasSize(2)
                .containsOnly("GpuUnavailableException 0  there is no NVIDIA driver: libcuda.so.1 was not found"
                        + " (in a container, start it with access to the GPU, for example docker run --gpus all)");
    }

    @Test
    void machinesThatStartTogetherDoNotDisturbEachOther() throws Exception {
        String classPath = FakeCuda.classPath(FakeCuda.driverJar(), FakeCuda.nativesJar());
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            processes.add(FakeCuda.startWithoutDriver(classPath, "compile", "-Djava.io.tmpdir=" + directory));
        }
        for (Process process : processes) {
            assertThat(FakeCuda.result(process).succeeded().lines())
                    .first()
                    .asString()
                    .startsWith("[KernelResources[kernel=faulty,");
        }
        Path own = directory.resolve("jelectra-" + System.getProperty("user.name") + "-jcuda-12.6.0");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
                .isEqualTo("rwx------");
        assertThat(list(own)).containsExactly("libJNvPTXCompiler-12.6.0-linux-x86_64.so");
    }

    @Test
    void aDirectoryThatOthersCanWriteToIsNotUsed() throws Exception {
        Path library = Files.writeString(directory.resolve("library"), "content");
        Path foreign = Files.createDirectory(directory.resolve("shared"));
        Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString("rwxrwxrwx"));

        Path file = NativeFiles.extract(library.toUri().toURL(), directory, "shared", "lib.so");

        assertThat(file).hasContent("content");
        assertThat(file.getParent()).isNotEqualTo(foreign);
        assertThat(list(foreign)).isEmpty();
    }

    @Test
    void aCompleteFileIsTakenAndAnotherIsReplaced() throws Exception {
        Path library = Files.writeString(directory.resolve("library"), "content");
        Path file = NativeFiles.extract(library.toUri().toURL(), directory, "own", "lib.so");
        Object first = Files.readAttributes(file, BasicFileAttributes.class).fileKey();

        assertThat(NativeFiles.extract(library.toUri().toURL(), directory, "own", "lib.so"))
                .isEqualTo(file);
        assertThat(Files.readAttributes(file, BasicFileAttributes.class).fileKey())
                .isEqualTo(first);

        Files.writeString(file, "cut");
        assertThat(NativeFiles.extract(library.toUri().toURL(), directory, "own", "lib.so"))
                .hasContent("content");
        assertThat(list(file.getParent())).containsExactly("lib.so");
    }

    @Test
    void theTemporaryDirectoryOfOthersIsNotTouched() throws Exception {
        String before = System.getProperty("java.io.tmpdir");
        List<String> seen = new ArrayList<>();

        NativeFiles.withTemporaryDirectory(directory, () -> {
            seen.add(System.getProperty("java.io.tmpdir"));
            Path file = Files.createTempFile("a", "b");
            seen.add(file.getParent().toString());
            Files.delete(file);
        });

        assertThat(seen).containsExactly(directory.toString(), before);
        assertThat(System.getProperty("java.io.tmpdir")).isEqualTo(before);
    }

    @Test
    void messagesOfTheLinkerAreTranslated() {
        assertThat(NativeLibrary.reason("x\n/tmp/a.so: undefined symbol: cuLibraryLoadData\n"))
                .isEqualTo(
                        "the NVIDIA driver is too old for JCuda 12.6.0: CUDA 12.0 or newer is needed, which NVIDIA driver 525 or"
                                + " newer has");
        assertThat(NativeLibrary.reason(
                        "x\nerror: /tmp/a.so: libcuda.so.1: Kann die Shared-Object-Datei nicht öffnen: Datei"
                                + " oder Verzeichnis nicht gefunden\n"))
                .startsWith("there is no NVIDIA driver: libcuda.so.1 was not found");
        assertThat(NativeLibrary.reason("/usr/lib/libcuda.so.1: file too short"))
                .isEqualTo("the natives of JCuda do not load: /usr/lib/libcuda.so.1: file too short");
        assertThat(NativeLibrary.reason("a.so: failed to map segment from shared object: Operation not permitted"))
                .startsWith("the natives of JCuda cannot be loaded from ")
                .endsWith(", which forbids execution; -Djava.io.tmpdir=DIR names another directory");
        assertThat(NativeLibrary.reason(
                        "Error\nStack trace:\njava.lang.UnsatisfiedLinkError: no JCuda in java.library.path: /usr\n"
                                + "java.lang.UnsatisfiedLinkError: /tmp/a.so: libstdc++.so.6: version not found\n"))
                .isEqualTo("the natives of JCuda do not load:"
                        + " java.lang.UnsatisfiedLinkError: /tmp/a.so: libstdc++.so.6: version not found");
    }

    private static List<String> list(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
