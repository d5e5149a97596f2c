package org.jelectra.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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

/** A folder with one of {@code tools/gpu}'s scripts and a bundle whose Java is a shell script. */
final class GpuCheckout {

    private static final int SECONDS = 60;

    /** Every tool asks for it first; ends with $VERSION_ENDS. */
    private static final String VERSION = """
            [ "$1" != -version ] || { echo no libz.so.1; echo or no libc.so.6; exit "${VERSION_ENDS:-0}"; }
            """;

    private final Path folder;
    private final String tool;

    GpuCheckout(Path folder, String java, String tool) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
        this.folder = folder;
        this.tool = tool;
        Path tools = Files.createDirectories(folder.resolve("tools/gpu"));
        for (String file : List.of(tool, "common.sh")) {
            Files.copy(Path.of("tools/gpu", file), tools.resolve(file));
        }
        Path bundle = Files.createDirectories(folder.resolve("target/gpu"));
        Files.createDirectory(bundle.resolve("corpus"));
        Files.createDirectory(bundle.resolve("lib"));
        Files.writeString(bundle.resolve("commit"), "abc\n");
        int afterShebang = java.indexOf('\n') + 1;
        executable("runtime/bin/java", java.substring(0, afterShebang) + VERSION + java.substring(afterShebang));
        assertThat(run(Map.of(), "tar", "-czf", "target/gpu/runtime.tar.gz", "runtime"))
                .isZero();
    }

    void executable(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    Process start(Map<String, String> environment, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("printed").toFile());
        builder.environment().remove("OUT");
        // programs that a test puts there stand for the machine's
        builder.environment().merge("PATH", folder.resolve("bin").toString(), (path, own) -> own + ":" + path);
        builder.environment().putAll(environment);
        return builder.start();
    }

    int run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        Process process = start(environment, command);
        assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** Rehearses the tool, which must end with that status. */
    void rehearse(int status, Map<String, String> environment, String... options)
            throws IOException, InterruptedException {
        assertThat(run(environment, command(tool, options))).as(printed()).isEqualTo(status);
    }

    private static String[] command(String tool, String... options) {
        List<String> command = new ArrayList<>(List.of("/bin/bash", "tools/gpu/" + tool, "--rehearse"));
        command.addAll(List.of(options));
        return command.toArray(String[]::new);
    }

    String printed() throws IOException {
        return Files.readString(folder.resolve("printed"));
    }

    /** Where the tool's results go by default. */
    Path output() {
        return folder.resolve("target/gpu-results").resolve(tool);
    }

    JsonObject results() throws IOException {
        return Json.read(output().resolve("results.json"));
    }

    /** The parts in {@code results.json}, by name. */
    Map<String, JsonObject> parts() throws IOException {
        Map<String, JsonObject> byName = new TreeMap<>();
        for (JsonElement part : results().getAsJsonArray("parts")) {
            byName.put(part.getAsJsonObject().get("part").getAsString(), part.getAsJsonObject());
        }
        return byName;
    }
}
