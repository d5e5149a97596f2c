package org.jelectra.cli;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script {@code jelectra} with a jar that has nothing in it, so that it ends where Java begins. */
@Tag("every-jdk")
@EnabledOnOs(OS.LINUX)
class LauncherTest {

    private static final String EMPTY_JAR = "Could not find or load main class org.jelectra.cli.Main";

    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void makeHome() throws IOException {
        home = Files.createDirectory(folder.resolve("its home"));
        for (String file : new String[] {"jelectra", "pom.xml"}) {
            Files.copy(Path.of(file), home.resolve(file), COPY_ATTRIBUTES);
        }
        Files.createDirectories(home.resolve("src/main"));
        Files.createDirectories(home.resolve("target/lib"));
        String pom = Files.readString(home.resolve("pom.xml"));
        String version = pom.substring(pom.indexOf("<version>") + 9, pom.indexOf("</version>"));
        Files.writeString(home.resolve("target/jelectra-" + version + ".jar"), "");
    }

    private String run(String options) throws IOException, InterruptedException {
        return run(home.resolve("jelectra"), options);
    }

    private static String run(Path script, String options) throws IOException, InterruptedException {
        return run(script, Path.of(System.getProperty("java.home")), options);
    }

    private static String run(Path script, Path runtime, String options) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(script.toString(), "plan").redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.put("JAVA_HOME", runtime.toString());
        environment.put("JELECTRA_JAVA_OPTS", options);
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(1);
        return printed;
    }

    @Test
    void optionsArePassedOn() throws IOException, InterruptedException {
        assertThat(run("-Xmx100m")).contains(EMPTY_JAR).doesNotContain("jelectra: ");
        assertThat(run("-XshowSettings:properties -Da=b")).contains("a = b", EMPTY_JAR);
        assertThat(run("")).contains(EMPTY_JAR);
        assertThat(run("-XX:+UseSerialGC -Da=b")).contains(EMPTY_JAR).doesNotContain("collectors");
        assertThat(run("-XX:+UseNUMA -XX:+PrintFlagsFinal")).containsPattern("UseParallelGC +=? *= true");
        assertThat(run("-XX:Bogus")).contains("Unrecognized VM option 'Bogus'").doesNotContain(EMPTY_JAR);
    }

    @Test
    void standardErrorMayBeClosed() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "/bin/sh", "-c", "timeout 60 '" + home.resolve("jelectra") + "' plan 2>&-; exit $?")
                .start();
        assertThat(process.getInputStream().readAllBytes()).isEmpty();
        assertThat(process.waitFor()).isEqualTo(1);
    }

    @Test
    void aReleaseIsRunAsItIs() throws IOException, InterruptedException {
        Path release = Files.createDirectories(folder.resolve("a release/bin"));
        Path script = Files.copy(home.resolve("jelectra"), release.resolve("jelectra"), COPY_ATTRIBUTES);
        Path lib = folder.toRealPath().resolve("a release/lib");
        String noJar = "jelectra: there is no jelectra-VERSION.jar in " + lib
                + ": unpack the whole release, and link to its bin/jelectra rather than copy it\n";
        assertThat(run(script, "")).isEqualTo(noJar);
        Files.createDirectory(lib);
        Files.writeString(lib.resolve("other-1.jar"), "");
        assertThat(run(script, "")).isEqualTo(noJar);

        Files.move(lib.resolve("other-1.jar"), lib.resolve("jelectra-1.jar"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a release/bin/jelectra"));
        assertThat(run(link, "")).contains(EMPTY_JAR).doesNotContain("jelectra: ");
        assertThat(run(link, "-XshowSettings:properties"))
                .contains("java.class.path = " + lib.resolve("jelectra-1.jar"));
    }

    @Test
    void directoriesThatTheShellWouldGoToAreNotMistakenForItsOwn() throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve("elsewhere/its home"));
        ProcessBuilder builder = new ProcessBuilder("its home/jelectra", "plan")
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("CDPATH", folder.resolve("elsewhere").toString());
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(printed).contains(EMPTY_JAR).doesNotContain("jelectra: ");
        assertThat(process.waitFor()).isEqualTo(1);
    }

    /** A runtime without vectors, which runs a command of the shell. */
    private Path runtime(String command) throws IOException {
        Path java = Files.createDirectories(folder.resolve("runtime/bin")).resolve("java");
        Files.writeString(java, """
                #!/bin/sh
                if [ "$*" = --list-modules ]; then
                    printf 'java.base@21.0.1\\njava.logging@21.0.1\\n'
                else
                    COMMAND
                    exit 1
                fi
                """.replace("COMMAND", command));
        assertThat(java.toFile().setExecutable(true)).isTrue();
        return folder.resolve("runtime");
    }

    /** File names keep their encoding; the system's messages, which are told apart by their words, are English. */
    @ParameterizedTest
    @CsvSource({
        "LC_ALL=C.utf8, LC_CTYPE=C.utf8",
        "LC_ALL=xx_XX.UTF-8, LC_CTYPE=C.UTF-8",
        "LC_CTYPE=UTF-8, LC_CTYPE=C.UTF-8",
        "LC_ALL=C.UTF-8 LANG=xx_XX.UTF-8 LC_NUMERIC=xx_XX.UTF-8, LC_CTYPE=C.UTF-8",
        "LANG=C.utf8, LC_CTYPE=C.utf8",
        "LANG=C LC_CTYPE=C.utf8 LC_MESSAGES=de_DE.UTF-8, LC_CTYPE=C.utf8",
        "LC_ALL=C, LC_CTYPE=C.UTF-8",
        "LC_ALL=, LC_CTYPE=C.UTF-8"
    })
    void theLocaleOfMessagesIsEnglish(String given, String characters) throws IOException, InterruptedException {
        runtime("env");
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "exec env -i PATH=\"$PATH\" JAVA_HOME=" + folder.resolve("runtime") + " " + given + " '"
                                + home.resolve("jelectra") + "' plan")
                .start();
        try (var reader = process.inputReader()) {
            assertThat(reader.lines().filter(line -> line.startsWith("LC_") || line.startsWith("LANG")))
                    .containsExactlyInAnyOrder("LANG=C", characters);
        }
        assertThat(process.waitFor()).isEqualTo(1);
    }

    @Test
    void aRuntimeWithoutVectorsIsNotAskedForThem() throws IOException, InterruptedException {
        assertThat(run(home.resolve("jelectra"), runtime("echo \"$@\""), "-Da=b"))
                .startsWith("-XX:+UseParallelGC ")
                .contains(" -Da=b -cp ")
                .endsWith(" org.jelectra.cli.Main plan\n");
    }
}
