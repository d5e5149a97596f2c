package org.jelectra.gpu.jcuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jcuda.driver.JCudaDriver;
import org.jelectra.ShortLived;

/** Runs {@link DriverScenarios} in Java machines of their own, with a libcuda.so.1 made from src/test/native/fake_cuda.c or without any. */
public final class FakeCuda {

    static final Path CLASSES = Path.of("target", "classes");
    static final Path TEST_CLASSES = Path.of("target", "test-classes");

    private final Path directory;

    /** What a run printed, and its exit code. */
    record Result(int exit, List<String> lines, String errors) {

        Result succeeded() {
            assertThat(exit).as("%s%n%s", lines, errors).isZero();
            return this;
        }
    }

    private FakeCuda(Path directory) {
        this.directory = directory;
    }

    /** Compiles the library into the directory; aborts the test where there is no C compiler. */
    public static FakeCuda compile(Path directory) throws IOException, InterruptedException {
        List<String> command = List.of(
                "gcc",
                "-shared",
                "-fPIC",
                "-O1",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-Wl,-soname,libcuda.so.1",
                "-o",
                directory.resolve("libcuda.so.1").toString(),
                "src/test/native/fake_cuda.c");
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException noCompiler) {
            return abort("there is no gcc, which makes the driver that this test runs against");
        }
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
        return new FakeCuda(directory);
    }

    /** A run against the fake driver, with these variables of its environment. */
    Result run(Map<String, String> environment, String scenario, String... options)
            throws IOException, InterruptedException {
        Process process =
                start(environment, directory.toString(), classPath(driverJar(), nativesJar()), scenario, options);
        return result(process);
    }

    /** A run without any driver. */
    static Result runWithoutDriver(String classPath, String scenario, String... options)
            throws IOException, InterruptedException {
        return result(startWithoutDriver(classPath, scenario, options));
    }

    static Process startWithoutDriver(String classPath, String scenario, String... options) throws IOException {
        return start(Map.of(), "", classPath, scenario, options);
    }

    private static Process start(
            Map<String, String> environment, String libraries, String classPath, String scenario, String... options)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ShortLived.OPTIONS);
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", classPath, DriverScenarios.class.getName(), scenario));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LD_LIBRARY_PATH", libraries);
        builder.environment().putAll(environment);
        return builder.start();
    }

    static Result result(Process process) throws IOException, InterruptedException {
        List<String> lines =
                new String(process.getInputStream().readAllBytes()).lines().toList();
        String errors = new String(process.getErrorStream().readAllBytes());
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), lines, errors);
    }

    static String classPath(Path... jars) {
        List<String> entries = new ArrayList<>(List.of(CLASSES.toString(), TEST_CLASSES.toString()));
        for (Path jar : jars) {
            entries.add(jar.toString());
        }
        return String.join(File.pathSeparator, entries);
    }

    static Path driverJar() {
        try {
            return Path.of(JCudaDriver.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    static Path nativesJar() throws IOException {
        var resource = FakeCuda.class.getResource("/lib/libJCudaDriver-" + NativeLibrary.VERSION + "-linux-x86_64.so");
        assertThat(resource).as("the natives of JCuda on the test class path").isNotNull();
        try {
            return Path.of(((JarURLConnection) resource.openConnection())
                    .getJarFileURL()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** Lines of the file that FAKE_CUDA_LOG named. */
    static List<String> log(Path file) throws IOException {
        return Files.readAllLines(file);
    }
}
