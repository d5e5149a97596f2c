package org.jelectra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** The release as a user gets it: unpacked into a folder that cannot be written to, run through a link, without a JDK's tools. */
@EnabledOnOs(OS.LINUX)
class ReleaseIT {

    /** What every Java runtime has and jelectra uses; java.desktop is not among it. */
    private static final String MODULES =
            "--limit-modules=java.base,java.logging,jdk.unsupported,jdk.incubator.vector -Xmx300m";

    @TempDir
    static Path folder;

    private static Path archive;
    private static Path home;

    @BeforeAll
    static void unpack() throws IOException, InterruptedException {
        String release = System.getProperty("jelectra.release");
        assumeTrue(release != null, "mvn verify packs the release and runs this");
        archive = Path.of(release + ".tar.gz");
        Path apps = Files.createDirectory(folder.resolve("all my programs"));
        Done done = run(Map.of(), "tar", "-xpzf", archive.toString(), "-C", apps.toString());
        assertThat(done.code).as(done.err).isZero();
        home = apps.resolve(Path.of(release).getFileName());
        assertThat(run(Map.of(), "chmod", "-R", "a-w", apps.toString()).code).isZero();
    }

    private record Done(int code, String out, String err) {}

    private static Done run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", "");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(out.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("JELECTRA"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        // to its end: the launcher's reader of errors may outlive Java by a moment
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Done(process.waitFor(), Files.readString(out), err);
    }

    /** Through a link in another folder, on a runtime without java.desktop. */
    private static Done jelectra(String... arguments) throws IOException, InterruptedException {
        Path link = folder.resolve("jelectra");
        if (!Files.exists(link)) {
            Files.createSymbolicLink(link, folder.relativize(home.resolve("bin/jelectra")));
        }
        List<String> command = new ArrayList<>(List.of(link.toString()));
        command.addAll(Arrays.asList(arguments));
        return run(Map.of("JELECTRA_JAVA_OPTS", MODULES), command.toArray(String[]::new));
    }

    @Test
    void trainsAndAnswersWithoutDrawing() throws IOException, InterruptedException {
        Done trained =
                jelectra("pretrain --max-steps 2 --batch 4 --eval-sequences 8 --threads 2 --backend cpu --output run"
                        .split(" "));
        assertThat(trained.code).as(trained.err).isZero();
        String noDesktop = "this Java runtime has no module java.desktop, which draws";
        assertThat(trained.err.lines().filter(line -> line.contains(noDesktop)))
                .as(trained.err)
                .singleElement()
                .asString()
                .contains("pictures are left out: ");
        assertThat(trained.err).doesNotContain("building");
        assertThat(folder.resolve("run/curves.png")).doesNotExist();
        assertThat(folder.resolve("run/metrics.jsonl")).isNotEmptyFile();

        Done predicted = jelectra("predict", "run", "The chef cooked the meal.");
        assertThat(predicted.code).as(predicted.err).isZero();
        assertThat(predicted.out).contains(" replaced tokens found, ");

        Done plotted = jelectra("plot", "run");
        assertThat(plotted.err.lines()).containsExactly("jelectra: plot.png: " + noDesktop + "; a whole one has it");
        assertThat(plotted.code).isEqualTo(1);
    }

    /** As where no shell is that could run the script. */
    @Test
    void runsWithoutTheScript() throws IOException, InterruptedException {
        Done done = run(
                Map.of(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-XX:MaxRAMPercentage=70",
                "-cp",
                home.resolve("lib") + "/*",
                "org.jelectra.cli.Main",
                "--version");
        assertThat(done.code).as(done.err).isZero();
        assertThat(done.out).startsWith("jelectra ");
    }

    /** A program on the module path, whose module-info requires what the README says: reads JSON and .xz, and finds JCuda's natives. */
    @Test
    void servesAModule() throws IOException, InterruptedException {
        String needs = Pattern.compile("`(requires [a-z.]+;)`")
                .matcher(Files.readString(home.resolve("README.md")))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.joining(" "));
        Path sources = Files.createDirectories(folder.resolve("sources/app"));
        Path info = sources.resolveSibling("module-info.java");
        Files.writeString(info, "module app { requires org.jelectra; " + needs + " }");
        Path main = sources.resolve("Main.java");
        Files.writeString(main, """
                package app;
                import java.nio.file.Path;
                import java.util.List;
                public class Main {
                    public static void main(String[] files) throws Exception {
                        System.out.println(org.jelectra.io.Json.read(Path.of(files[0])).get("answer"));
                        var corpus = org.jelectra.text.corpus.Corpus.open(List.of(Path.of(files[1])));
                        var options = org.jelectra.text.WordPieceOptions.uncased();
                        var words = org.jelectra.text.Vocabulary.bertUncased();
                        System.out.println(org.jelectra.text.TokenizedCorpus.tokenize(corpus, words, options, 1).size());
                        System.out.println(org.jelectra.backend.Backends.available());
                    }
                }
                """);
        Path json = Files.writeString(folder.resolve("some.json"), "{\"answer\": 42}");
        Path text = folder.resolve("text.txt.xz");
        try (OutputStream out = new XZOutputStream(Files.newOutputStream(text), new LZMA2Options())) {
            out.write("a chef cooks\n".getBytes(StandardCharsets.UTF_8));
        }
        Path classes = folder.resolve("classes");
        String lib = home.resolve("lib").toString();
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-p", lib, "-d", classes.toString(), info.toString(), main.toString());
        assertThat(compiled).isZero();
        Done done = run(
                Map.of(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-p",
                lib + File.pathSeparator + classes,
                "-m",
                "app/app.Main",
                json.toString(),
                text.toString());
        assertThat(done.code).as(done.err).isZero();
        assertThat(done.out).startsWith("42\n3\n");
        if (!Files.exists(Path.of("/proc/driver/nvidia/version"))) {
            assertThat(done.out).contains("there is no NVIDIA driver");
        }
    }

    @Test
    void holdsWhatUsersNeedAndLicencesDemand() throws IOException {
        assertThat(home.resolve("bin/jelectra")).isExecutable().hasSameBinaryContentAs(Path.of("jelectra"));
        for (String file : List.of("LICENSE", "NOTICE", "README.md", "CHANGELOG.md")) {
            assertThat(home.resolve(file)).hasSameBinaryContentAs(Path.of(file));
        }
        assertThat(home.resolve("licenses/GPL-3")).isNotEmptyFile();
        String licences = Files.readString(home.resolve("licenses/README.md"));
        List<String> jars = names("lib");
        String own = jars.stream()
                .filter(name -> name.startsWith("jelectra-"))
                .findFirst()
                .orElseThrow();
        try (ZipFile jar = new ZipFile(home.resolve("lib").resolve(own).toFile())) {
            for (String file : List.of("LICENSE", "NOTICE")) {
                assertThat(jar.getInputStream(jar.getEntry("META-INF/" + file)))
                        .hasBinaryContent(Files.readAllBytes(Path.of(file)));
            }
        }
        assertThat(jars).allMatch(name -> name.endsWith(".jar")).anyMatch(name -> name.startsWith("jelectra-"));
        assertThat(jars.stream()
                        .map(name -> name.replaceFirst("-[0-9].*", ""))
                        .filter(name -> !name.equals("jelectra")))
                .contains("gson", "picocli", "jcuda", "jcuda-driver")
                .allSatisfy(name -> assertThat(licences).contains("\n| `" + name + "` |"));
        for (String text : names("licenses")) {
            assertThat(text.equals("README.md") || licences.contains("](" + text + ")"))
                    .as(text)
                    .isTrue();
        }
    }

    private static List<String> names(String directory) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve(directory))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void linksBetweenItsDocumentsLeadSomewhere() throws IOException {
        Pattern link = Pattern.compile("]\\(([^)#:]+)[^):]*\\)");
        int links = 0;
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".md")).toList()) {
                for (MatchResult found :
                        link.matcher(Files.readString(file)).results().toList()) {
                    assertThat(file.resolveSibling(found.group(1)).normalize())
                            .as("%s in %s", found.group(), file)
                            .exists();
                    links++;
                }
            }
        }
        assertThat(links).isPositive();
    }

    @Test
    void bothArchivesHoldTheSameAndNoTimeOfTheBuild() throws IOException {
        Map<String, Long> unpacked = new TreeMap<>();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                unpacked.put(home.getParent().relativize(file).toString(), Files.size(file));
                assertThat(Files.getLastModifiedTime(file))
                        .as("%s", file)
                        .isEqualTo(Files.getLastModifiedTime(home.resolve("README.md")));
                assertThat(Files.getPosixFilePermissions(file))
                        .as("%s", file)
                        .contains(PosixFilePermission.OTHERS_READ);
            }
        }
        Map<String, Long> zipped = new TreeMap<>();
        Path zip = Path.of(archive.toString().replace(".tar.gz", ".zip"));
        try (ZipFile entries = new ZipFile(zip.toFile())) {
            for (ZipEntry entry : Collections.list(entries.entries())) {
                if (!entry.isDirectory()) {
                    zipped.put(entry.getName(), entry.getSize());
                }
            }
        }
        assertThat(zipped).isEqualTo(unpacked);
    }
}
