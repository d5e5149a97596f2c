package org.jelectra.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jelectra.ShortLived;

/** The command line in a process of its own, to be killed or kept from writing. */
public final class ChildProcess {

    /** What a process did. */
    public record Result(int code, String out, String err) {}

    private static final int PATIENCE_SECONDS = 120;

    private ChildProcess() {}

    /** Starts {@code jelectra}; output goes to files in {@code folder}. */
    public static Process start(Path folder, List<String> arguments) throws IOException {
        return start(folder, "", arguments);
    }

    /** As {@link #start(Path, List)}, after a command of the shell, for example a limit. */
    public static Process start(Path folder, String before, List<String> arguments) throws IOException {
        return start(folder, before, System.getProperty("java.class.path"), arguments);
    }

    /** As {@link #start(Path, String, List)}, with another class path. */
    public static Process start(Path folder, String before, String classPath, List<String> arguments)
            throws IOException {
        List<String> java = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx300m",
                // no vector module, on purpose: its kernels are slow without the optimising compiler
                "-Djelectra.cpu.kernels=scalar"));
        java.addAll(ShortLived.OPTIONS);
        if (Runtime.version().feature() >= 22) {
            // as the launcher does: else loading a native library prints a warning
            java.add("--enable-native-access=ALL-UNNAMED");
        }
        java.addAll(List.of("-cp", classPath, "org.jelectra.cli.Main"));
        java.addAll(arguments);
        List<String> command = new ArrayList<>(List.of("sh", "-c", before + " exec \"$@\"", "sh"));
        command.addAll(java);
        return new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    public static Result await(Process process, Path folder) throws IOException, InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("the process takes longer than " + PATIENCE_SECONDS + " seconds");
        }
        return new Result(
                process.exitValue(),
                Files.readString(folder.resolve("out"), StandardCharsets.UTF_8),
                Files.readString(folder.resolve("err"), StandardCharsets.UTF_8));
    }

    public static Result run(Path folder, String before, List<String> arguments)
            throws IOException, InterruptedException {
        return await(start(folder, before, arguments), folder);
    }
}
