package org.jelectra.cli.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertSuccess;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jelectra.cli.ChildProcess;
import org.jelectra.cli.CommandRunner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed, that meet another one, or that find no room on the disk: nothing is lost. */
class PrepareKillTest {

    @TempDir
    Path folder;

    private Path text;

    @BeforeEach
    void writeText() throws IOException {
        Random random = new Random(3);
        StringBuilder document = new StringBuilder();
        text = folder.resolve("text.txt");
        try (var out = Files.newBufferedWriter(text)) {
            for (int d = 0; d < 1250; d++) {
                document.setLength(0);
                int words = 50 + random.nextInt(900);
                for (int word = 0; word < words; word++) {
                    document.append("word").append(random.nextInt(5000)).append(random.nextInt(30) == 0 ? ".\n" : " ");
                }
                out.write(document.append("\n\n").toString());
            }
        }
    }

    private List<String> prepare(Path output) {
        return List.of(
                "prepare",
                "--data",
                text.toString(),
                "--output",
                output.toString(),
                "--shard-mb",
                "0.25",
                "--drop-duplicates",
                "--threads",
                "2");
    }

    /** Within this process, which is quicker. */
    private static String completes(List<String> arguments) {
        CommandRunner.Result result = assertSuccess(CommandRunner.run(arguments.toArray(String[]::new)));
        return result.out();
    }

    private static Map<String, byte[]> content(Path directory) throws IOException {
        Map<String, byte[]> content = new HashMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (!file.getFileName().toString().startsWith(".")) {
                    content.put(file.getFileName().toString(), Files.readAllBytes(file));
                }
            }
        }
        return content;
    }

    private static void assertSame(Path actual, Path expected) throws IOException {
        Map<String, byte[]> files = content(actual);
        Map<String, byte[]> wanted = content(expected);
        assertThat(files.keySet()).isEqualTo(wanted.keySet());
        wanted.forEach((name, bytes) -> assertThat(files.get(name)).as(name).isEqualTo(bytes));
    }

    @Test
    void killedAtRandomMoments() throws IOException, InterruptedException {
        Path expected = folder.resolve("expected");
        long begin = System.nanoTime();
        ChildProcess.Result whole = ChildProcess.run(folder, "", prepare(expected));
        long milliseconds = (System.nanoTime() - begin) / 1_000_000;
        assertThat(whole.code()).as(whole.err()).isZero();
        assertThat(content(expected)).hasSizeGreaterThan(12);

        Random random = new Random(11);
        int killed = 0;
        int wentOn = 0;
        // on a busy machine all four may be killed before there is anything to go on from, or end before they are
        // killed
        for (int trial = 0; trial < 4 || wentOn == 0 && trial < 40; trial++) {
            Path output = folder.resolve("killed-" + trial);
            boolean ended = false;
            while (!ended) {
                Process process = ChildProcess.start(folder, prepare(output));
                long patience = milliseconds / 4 + random.nextInt((int) milliseconds);
                ended = process.waitFor(patience, TimeUnit.MILLISECONDS);
                if (!ended) {
                    process.destroyForcibly().waitFor();
                    killed++;
                }
                wentOn += Files.readString(folder.resolve("out")).contains("goes on after") ? 1 : 0;
            }
            assertSame(output, expected);
        }
        assertThat(killed).isPositive();
        assertThat(wentOn).isPositive();
    }

    @Test
    void anInterruptedOneSaysHowToGoOn() throws IOException, InterruptedException {
        Path output = folder.resolve("shards");
        Process process = ChildProcess.start(folder, prepare(output));
        while (process.isAlive() && !Files.exists(output.resolve("resume.json"))) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        process.destroy();
        ChildProcess.Result result = ChildProcess.await(process, folder);
        assertThat(result.code()).isEqualTo(143);
        assertThat(result.out()).endsWith("\ninterrupted: the same command goes on\n");

        assertThat(completes(prepare(output))).contains("goes on after ").doesNotContain("interrupted");
    }

    /** What a pipe has given is gone. */
    @Test
    void anInterruptedPipeSaysToBeginAnew() throws IOException, InterruptedException {
        Path output = folder.resolve("shards");
        Path pipe = folder.resolve("pipe");
        // which stays open once all is written
        Process writer = new ProcessBuilder(
                        "sh",
                        "-c",
                        "mkfifo \"$1\" && exec tail -c +1 -f \"$0\" > \"$1\"",
                        text.toString(),
                        pipe.toString())
                .start();
        try {
            while (writer.isAlive() && !Files.exists(pipe)) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            text = pipe;
            Process process = ChildProcess.start(folder, prepare(output));
            while (process.isAlive() && !Files.exists(output.resolve("resume.json"))) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            process.destroy();
            ChildProcess.Result result = ChildProcess.await(process, folder);
            assertThat(result.code()).as(result.err()).isEqualTo(143);
            assertThat(result.out())
                    .endsWith("\ninterrupted: " + pipe + " can be read only once: begin anew in another directory\n");
        } finally {
            writer.destroy();
        }
    }

    @Test
    void twoProcessesInOneDirectory() throws IOException, InterruptedException {
        Path output = folder.resolve("shards");
        Process first = ChildProcess.start(folder, prepare(output));
        while (first.isAlive() && !Files.exists(output.resolve("resume.json"))) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        CommandRunner.Result second = CommandRunner.run(prepare(output).toArray(String[]::new));
        ChildProcess.Result result = ChildProcess.await(first, folder);

        assertThat(second.err())
                .startsWith("jelectra: " + output + ": another run writes there (process " + first.pid() + ", since ")
                .endsWith("); wait for it or stop it, or choose another directory\n");
        assertThat(second.code()).isEqualTo(1);
        assertThat(result.code()).as(result.err()).isZero();
        Path expected = folder.resolve("expected");
        completes(prepare(expected));
        assertSame(output, expected);
    }

    /** A limit on the size of files stops the writing where a full disk would, for any user. */
    @Test
    void noRoom() throws IOException, InterruptedException {
        Path output = folder.resolve("shards");
        ChildProcess.Result full = ChildProcess.run(folder, "ulimit -f 900;", prepareOneShard(output));
        assertThat(full.code()).isEqualTo(1);
        assertThat(full.err().lines())
                .singleElement()
                .asString()
                .startsWith("jelectra: " + output.resolve("training-00000.shard") + ": cannot be written (")
                .endsWith("); once it can be (make room where the disk is full), the same command goes on from the last"
                        + " complete shard");

        completes(prepareOneShard(output));
        Path expected = folder.resolve("expected");
        completes(prepareOneShard(expected));
        assertSame(output, expected);
    }

    private List<String> prepareOneShard(Path output) {
        return prepare(output).stream()
                .map(argument -> argument.equals("0.25") ? "64" : argument)
                .toList();
    }

    /** A disk that is really full: a file system in memory, where this user may mount one. */
    @Test
    void aFullDisk() throws IOException, InterruptedException {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(shell("mount -t tmpfs -o size=2m tmpfs " + disk) == 0, "mounting is not allowed here");
        try {
            Path output = disk.resolve("shards");
            ChildProcess.Result full = ChildProcess.run(folder, "", prepare(output));
            assertThat(full.code()).isEqualTo(1);
            assertThat(full.err().lines())
                    .singleElement()
                    .asString()
                    .contains("cannot be written (No space left on device); once it can be (make room");
            assertThat(output.resolve("training-00002.shard")).exists();

            assertThat(shell("mount -o remount,size=100m " + disk)).isZero();
            assertThat(completes(prepare(output))).containsPattern("goes on after [1-9][0-9]* complete shards");
            Path expected = folder.resolve("expected");
            completes(prepare(expected));
            assertSame(output, expected);
        } finally {
            // lazily: shards that this process has mapped stay so until they are collected
            shell("umount -l " + disk);
        }
    }

    private static int shell(String command) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
