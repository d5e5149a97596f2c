package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertSuccess;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jelectra.cli.ChildProcess;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.FinishedRun;
import org.jelectra.cli.TinyRun;
import org.jelectra.io.DirectoryLock;
import org.jelectra.pretrain.SnapshotFolder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training processes that are killed, asked to end, or find no room: resumed, they end as if nothing had happened. */
class PretrainKillTest {

    private static final int STEPS = 30;
    /** How often a process is killed; more with -Djelectra.kills=20. */
    private static final int KILLS = Integer.getInteger("jelectra.kills", 4);

    private static final int PATIENCE_SECONDS = 60;
    /** Uninterrupted runs by their number of micro-batches; their text is the same in every test. */
    private static final Map<Integer, FinishedRun> WHOLE = new HashMap<>();

    @TempDir
    Path folder;

    private Path text;
    private Path vocabulary;

    /** The processes take scalar kernels: what runs here takes the same, and so gives the same bits, sooner. */
    @BeforeAll
    static void takeTheKernelsOfTheProcesses() {
        System.setProperty("jelectra.cpu.kernels", "scalar");
    }

    @AfterAll
    static void takeAnyKernels() {
        System.clearProperty("jelectra.cpu.kernels");
    }

    @BeforeEach
    void writeText() throws IOException {
        text = TinyRun.writeText(folder);
        vocabulary = TinyRun.writeVocabulary(folder);
    }

    private List<String> begin(Path output, int microBatches, int threads) {
        List<String> arguments = new ArrayList<>(TinyRun.arguments(text, vocabulary, output));
        // named, because auto says why it is not cuda
        arguments.addAll(List.of("--backend", "cpu"));
        arguments.set(arguments.indexOf("--max-steps") + 1, Integer.toString(STEPS));
        arguments.set(arguments.indexOf("--log-every") + 1, "3");
        arguments.set(arguments.indexOf("--eval-every") + 1, "20");
        arguments.addAll(List.of("--snapshot-steps", "1", "--accumulate", Integer.toString(microBatches)));
        arguments.addAll(List.of("--threads", Integer.toString(threads)));
        return arguments;
    }

    private static List<String> resume(Path output, int threads) {
        return List.of("pretrain", "--resume", output.toString(), "--threads", Integer.toString(threads));
    }

    private FinishedRun uninterrupted(int microBatches) throws IOException {
        if (WHOLE.containsKey(microBatches)) {
            return WHOLE.get(microBatches);
        }
        Path output = folder.resolve("whole-" + microBatches);
        assertSuccess(run(begin(output, microBatches, 1)));
        FinishedRun run = FinishedRun.read(output, STEPS);
        assertThat(run.metrics()).hasSize(11);
        assertThat(run.events()).hasSize(11);
        WHOLE.put(microBatches, run);
        return run;
    }

    private static CommandRunner.Result run(List<String> arguments) {
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    private static void assertEndsAs(FinishedRun whole, Path output, int threads) throws IOException {
        CommandRunner.Result result = assertSuccess(run(resume(output, threads)));
        assertThat(result.out()).contains("resumed after step");
        assertThat(FinishedRun.read(output, STEPS)).isEqualTo(whole);
    }

    /** The latest step whose snapshot is there; 0 before the first. */
    private static int latest(Path output) throws IOException {
        List<Integer> steps = new SnapshotFolder(output).steps();
        return steps.isEmpty() ? 0 : steps.get(steps.size() - 1);
    }

    private static boolean writesSnapshot(Path output) throws IOException {
        Path snapshots = output.resolve(SnapshotFolder.NAME);
        if (!Files.isDirectory(snapshots)) {
            return false;
        }
        try (Stream<Path> files = Files.list(snapshots)) {
            return files.anyMatch(file -> file.getFileName().toString().endsWith(".tmp"));
        }
    }

    private void awaitStep(Process process, Path output, int step) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (process.isAlive() && latest(output) < step) {
            assertThat(System.nanoTime()).as("training reaches step " + step).isLessThan(end);
            LockSupport.parkNanos(300_000);
        }
        assertThat(process.isAlive())
                .as("the process lives until step %d: %s", step, Files.readString(folder.resolve("err")))
                .isTrue();
    }

    /** Each kill comes some moments after a random step; every other one while a snapshot is being written. */
    @ParameterizedTest
    @CsvSource({"1, 31", "2, 32"})
    void killedAtRandomMoments(int microBatches, int seed) throws IOException, InterruptedException {
        FinishedRun whole = uninterrupted(microBatches);
        Random random = new Random(seed);
        int torn = 0;
        for (int kill = 0; kill < KILLS / 2; kill++) {
            Path output = folder.resolve("killed-" + kill);
            boolean withinSnapshot = kill % 2 == 0;
            int step = 1 + random.nextInt(STEPS - 12);
            Process process = ChildProcess.start(folder, begin(output, microBatches, 1 + kill % 2));
            awaitStep(process, output, step);
            if (withinSnapshot) {
                while (!writesSnapshot(output) && process.isAlive()) {
                    Thread.onSpinWait();
                }
            } else {
                TimeUnit.MICROSECONDS.sleep(random.nextInt(10_000));
            }
            process.destroyForcibly().waitFor();
            boolean leftover = writesSnapshot(output);
            torn += leftover ? 1 : 0;
            String where = String.format(
                    "kill %d, accumulation %d, threads %d: after step %d of %d%s; resumed with threads %d: equal%n",
                    kill + 1,
                    microBatches,
                    1 + kill % 2,
                    latest(output),
                    STEPS,
                    leftover ? ", within the next snapshot" : "",
                    2 - kill % 2);
            assertThat(latest(output)).isBetween(step, STEPS);
            assertEndsAs(whole, output, 2 - kill % 2);
            assertThat(writesSnapshot(output)).isFalse();
            if (KILLS > 4) {
                System.out.print(where);
            }
        }
        // a single kill may come a moment too late; of ten not all do
        if (KILLS >= 20) {
            assertThat(torn).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void signalsEndARunWithASnapshot(String signal, int code) throws IOException, InterruptedException {
        FinishedRun whole = uninterrupted(1);
        Path output = folder.resolve("signalled");
        Process process = ChildProcess.start(folder, begin(output, 1, 2));
        awaitStep(process, output, 3);
        // stopped meanwhile: on a busy machine it would else come to its end before the signal does
        shell("kill -STOP " + process.pid());
        CommandRunner.Result second = run(resume(output, 1));
        shell("kill -" + signal + " " + process.pid() + "; kill -CONT " + process.pid());
        ChildProcess.Result result = ChildProcess.await(process, folder);

        assertThat(second.err()).contains("another run writes there (process " + process.pid() + ", since ");
        assertThat(second.code()).isEqualTo(1);
        assertThat(result.code()).as(result.err()).isEqualTo(code);
        int step = latest(output);
        assertThat(step).isBetween(3, STEPS - 1);
        assertThat(result.out())
                .containsPattern("interrupted: finishing step [0-9]+ and writing a snapshot")
                .contains(
                        "interrupted after step " + step + " of 30; go on with: jelectra pretrain --resume " + output);
        assertEndsAs(whole, output, 1);
    }

    /** Nothing is learnt yet, so that nothing is left. */
    @Test
    void endedWhileItReadsItsText() throws IOException, InterruptedException {
        String once = Files.readString(text);
        try (Writer longText = Files.newBufferedWriter(text)) {
            for (int i = 0; i < 5000; i++) {
                longText.write(once);
            }
        }
        Path output = folder.resolve("run");
        Process process = ChildProcess.start(folder, begin(output, 1, 1));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!Files.exists(output.resolve(DirectoryLock.FILE_NAME))) {
            assertThat(System.nanoTime()).as("the directory is locked").isLessThan(end);
            LockSupport.parkNanos(300_000);
        }
        Thread.sleep(200); // the process reads for seconds
        process.destroy();
        assertThat(ChildProcess.await(process, folder).code()).isEqualTo(128 + 15);
        assertThat(output).doesNotExist();
    }

    /** A disk that is really full: a file system in memory, where this user may mount one. */
    @Test
    void aFullDisk() throws IOException, InterruptedException {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(shell("mount -t tmpfs -o size=20m tmpfs " + disk) == 0, "mounting is not allowed here");
        try {
            Path filler = disk.resolve("filler");
            fillsUp(
                    disk.resolve("run"),
                    "",
                    size -> shell("head -c $(( $(df -B1 --output=avail " + disk + " | tail -n 1) - " + size / 2
                            + " )) /dev/zero > " + filler),
                    "No space left on device",
                    () -> Files.delete(filler));
        } finally {
            shell("umount " + disk);
        }
    }

    /** A limit on the size of files stops the writing of snapshots where a full disk would, for any user. */
    @Test
    void noRoom() throws IOException, InterruptedException {
        fillsUp(folder.resolve("run"), "ulimit -f 100;", size -> {}, "File too large", () -> {});
    }

    @FunctionalInterface
    private interface Fill {
        void fill(long snapshotBytes) throws IOException, InterruptedException;
    }

    @FunctionalInterface
    private interface MakeRoom {
        void run() throws IOException;
    }

    private void fillsUp(Path output, String limit, Fill fill, String reason, MakeRoom makeRoom)
            throws IOException, InterruptedException {
        FinishedRun whole = uninterrupted(1);
        Process process = ChildProcess.start(folder, begin(output, 1, 1));
        awaitStep(process, output, 5);
        process.destroyForcibly().waitFor();
        int step = latest(output);
        Path last = new SnapshotFolder(output).file(step);
        byte[] snapshot = Files.readAllBytes(last);
        fill.fill(snapshot.length);

        ChildProcess.Result full = ChildProcess.run(folder, limit, resume(output, 1));

        assertThat(full.code()).isEqualTo(1);
        assertThat(full.err().lines())
                .singleElement()
                .asString()
                .startsWith("jelectra: the snapshot of step " + (step + 1) + " could not be written (")
                .contains(reason)
                .endsWith("; make room. The one of step " + step + " is whole: the run can be resumed from it");
        assertThat(last).hasBinaryContent(snapshot);
        makeRoom.run();
        assertEndsAs(whole, output, 1);
    }

    private static int shell(String command) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
