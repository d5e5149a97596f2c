package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.jelectra.cli.CommandRunner.assertFailure;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.FinishedRun;
import org.jelectra.cli.TinyRun;
import org.jelectra.io.ChangedSnapshot;
import org.jelectra.io.Json;
import org.jelectra.pretrain.SnapshotFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code pretrain --resume} makes of a directory that is not as the run left it. */
class ResumeCommandTest {

    private static final int STEPS = 6;

    @TempDir
    Path folder;

    private Path vocabulary;
    private Path output;
    private FinishedRun whole;

    @BeforeEach
    void train() throws IOException {
        vocabulary = TinyRun.writeVocabulary(folder);
        output = folder.resolve("run");
        List<String> arguments = new ArrayList<>(TinyRun.arguments(TinyRun.writeText(folder), vocabulary, output));
        arguments.addAll(List.of("--snapshot-steps", "1", "--keep", "9"));
        assertSuccess(CommandRunner.run(arguments.toArray(String[]::new)));
        whole = FinishedRun.read(output, STEPS);
    }

    private CommandRunner.Result resume(String... more) {
        List<String> arguments = new ArrayList<>(List.of("pretrain", "--resume", output.toString()));
        arguments.addAll(List.of(more));
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    private void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 3] ^= 16;
        Files.write(file, bytes);
    }

    @Test
    void aFlippedBitInASnapshotCostsAStepOnly() throws IOException {
        SnapshotFolder snapshots = new SnapshotFolder(output);
        flip(snapshots.file(6));
        flip(snapshots.file(5));

        CommandRunner.Result result = assertSuccess(resume());
        assertThat(result.out())
                .contains("step-000000006.snapshot: the snapshot is damaged (torn or changed)")
                .contains("step-000000005.snapshot.damaged, and the one of step 4 is tried")
                .contains("resumed after step 4 of 6");
        assertThat(FinishedRun.read(output, STEPS)).isEqualTo(whole);
    }

    @Test
    void withoutAGoodSnapshotNothingIsTouched() throws IOException {
        SnapshotFolder snapshots = new SnapshotFolder(output);
        byte[] copy = Files.readAllBytes(snapshots.file(STEPS));
        for (int step : snapshots.steps()) {
            flip(snapshots.file(step));
        }
        byte[] metrics = Files.readAllBytes(output.resolve("metrics.jsonl"));

        // the second time they have been set aside
        for (int time = 1; time <= 2; time++) {
            assertFailure(resume(), 1, "none of the 6 snapshots can be used, all are damaged");
            assertThat(output.resolve("metrics.jsonl")).hasBinaryContent(metrics);
        }

        Files.write(snapshots.file(STEPS), copy);
        assertThat(resume().code()).isZero();
        assertThat(FinishedRun.read(output, STEPS)).isEqualTo(whole);
    }

    @Test
    void anotherVocabularyIsRefused() throws IOException {
        String tokens = Files.readString(vocabulary);
        Files.writeString(vocabulary, tokens.replace("cat\ndog", "dog\ncat"));

        assertFailure(resume(), 1, "the text is not the one that the run was trained on: expected ");
        Files.writeString(vocabulary, tokens);
        assertThat(resume().code()).isZero();
        assertThat(FinishedRun.read(output, STEPS)).isEqualTo(whole);
    }

    /** The same text in another place, with the vocabulary that the run has kept. */
    @Test
    void textMayHaveMoved() throws IOException {
        SnapshotFolder snapshots = new SnapshotFolder(output);
        Files.delete(snapshots.file(6));
        Files.delete(snapshots.file(5));
        Path text = folder.resolve("text.txt");
        Path moved = Files.move(text, folder.resolve("moved.txt"));
        Files.delete(vocabulary);

        assertFailure(
                resume(),
                1,
                text + ": expected the text of the run " + output
                        + ", found nothing there; where it lies elsewhere now, name that: --data FILE|DIR");
        CommandRunner.Result result = assertSuccess(resume("--data", moved.toString()));
        assertThat(result.out()).contains("resumed after step 4 of 6");
        assertThat(FinishedRun.read(output, STEPS)).isEqualTo(whole);
        assertThat(resume().out()).as("the place is kept").contains("resumed after step 6 of 6");
    }

    /** As on a GPU with less memory; the result is the same up to rounding. */
    @Test
    void batchesMayBeComputedInOtherParts() throws IOException {
        SnapshotFolder snapshots = new SnapshotFolder(output);
        Files.delete(snapshots.file(6));
        Files.delete(snapshots.file(5));
        String warning = "warning: the run's batches were computed with --accumulate 1, now with 2: it goes on, but not"
                + " bit for bit\n";

        assertThat(assertSuccess(resume("--accumulate", "2")).out())
                .contains("resumed after step 4 of 6")
                .contains(warning);
        assertThat(Json.read(output.resolve("settings.json"))
                        .getAsJsonObject("settings")
                        .get("microBatches")
                        .getAsInt())
                .isEqualTo(2);
        FinishedRun divided = FinishedRun.read(output, STEPS);
        assertThat(divided.state()).isNotEqualTo(whole.state());
        assertThat(divided.metrics()).hasSameSizeAs(whole.metrics());
        for (int i = 0; i < whole.metrics().size(); i++) {
            assertThat(divided.metrics().get(i).training().totalLoss())
                    .isCloseTo(whole.metrics().get(i).training().totalLoss(), withinPercentage(0.001));
        }
        assertThat(resume().out())
                .as("the number is kept")
                .contains("resumed after step 6 of 6")
                .doesNotContain("warning: ");
        assertFailure(resume("--accumulate", "3"), 2, "3");
    }

    /** Damage that does not end the run, but what it has cost is said. */
    @Test
    void lostMetricsAreWarnedOf() throws IOException {
        Path log = output.resolve("metrics.jsonl");
        List<String> lines = Files.readAllLines(log);
        String end = ", though the run has logged step 6: the curves lack what is lost\n";
        Files.write(log, lines.subList(0, 4));
        assertThat(resume().out()).contains("warning: " + log + " ends at step 4" + end);
        Files.delete(log);
        assertThat(resume().out()).contains("warning: " + log + " is missing or empty" + end);
        Files.write(log, lines);
        assertThat(resume().out()).doesNotContain("warning: ");

        lines.set(1, "{");
        Files.write(log, lines);
        assertFailure(resume(), 1, log + ":2: ", "; delete this line to go on without it");
        lines.remove(1);
        Files.write(log, lines);
        assertThat(resume().code()).isZero();
    }

    @Test
    void whatAKilledProcessHalfWroteIsDeleted() throws IOException {
        for (String name : List.of("", "discriminator", "generator", "snapshots")) {
            Files.writeString(output.resolve(name).resolve(".a." + UUID.randomUUID() + ".tmp"), "half");
        }
        assertThat(resume().code()).isZero();
        try (Stream<Path> files = Files.walk(output)) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".tmp"));
        }
    }

    @Test
    void aTokenizerThatIsMissingIsWrittenAgain() throws IOException {
        for (String name : List.of("vocab.txt", "tokenizer_config.json")) {
            Path file = output.resolve(name);
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            assertSuccess(resume());
            assertThat(file).hasBinaryContent(bytes);
        }
    }

    @Test
    void otherTextIsRefused() throws IOException {
        Files.delete(new SnapshotFolder(output).file(STEPS));
        byte[] metrics = Files.readAllBytes(output.resolve("metrics.jsonl"));
        byte[] settings = Files.readAllBytes(output.resolve("settings.json"));
        String text = Files.readString(folder.resolve("text.txt"));
        // one word of the last document, and as many tokens and sequences
        int last = text.lastIndexOf("cat");
        Path other = Files.writeString(
                folder.resolve("other.txt"), text.substring(0, last) + "dog" + text.substring(last + 3));

        assertFailure(
                resume("--data", other.toString()),
                1,
                "the text is not the one that the run was trained on: expected ",
                "a run can be resumed on its own text only");
        assertFailure(
                resume("--data", vocabulary.toString()), 1, "the text is not the one that the run was trained on");

        assertThat(output.resolve("metrics.jsonl")).hasBinaryContent(metrics);
        assertThat(output.resolve("settings.json")).hasBinaryContent(settings);
        assertThat(resume().code()).isZero();
        assertThat(FinishedRun.read(output, STEPS)).isEqualTo(whole);
    }

    /** There is no step yet that was done on the former. */
    @Test
    void aRunThatBeginsAnewMayDoSoOnOtherText() throws IOException {
        SnapshotFolder snapshots = new SnapshotFolder(output);
        for (int step : snapshots.steps()) {
            Files.delete(snapshots.file(step));
        }
        takeAway("discriminator", "generator");
        Path text = folder.resolve("text.txt");
        Path other = Files.writeString(
                folder.resolve("other.txt"), Files.readString(text).replace("sees", "and"));

        CommandRunner.Result result = assertSuccess(resume("--data", other.toString()));
        assertThat(result.out()).contains("it begins anew");
        JsonObject settings = Json.read(output.resolve("settings.json"));
        assertThat(settings.get("data").getAsString()).isEqualTo(other.toString());
        assertThat(settings.getAsJsonObject("options").get("--data").getAsString())
                .isEqualTo(other.toString());
        assertThat(resume().out()).contains("resumed after step 6 of 6");
    }

    /** Its settings come first, and the tokenizer's files after them. */
    @Test
    void aRunKilledBeforeItWroteItsTokenizerWritesItThen() throws IOException {
        SnapshotFolder snapshots = new SnapshotFolder(output);
        for (int step : snapshots.steps()) {
            Files.delete(snapshots.file(step));
        }
        Files.delete(output.resolve("vocab.txt"));
        Files.delete(output.resolve("tokenizer_config.json"));
        takeAway("discriminator", "generator");

        assertSuccess(resume());
        assertThat(output.resolve("vocab.txt")).hasSameTextualContentAs(vocabulary);
        assertThat(output.resolve("tokenizer_config.json")).isNotEmptyFile();
        assertThat(FinishedRun.read(output, STEPS)).isEqualTo(whole);
    }

    private void takeAway(String... names) throws IOException {
        for (String name : names) {
            Files.move(output.resolve(name), folder.resolve("former-" + name));
        }
    }

    /** What a killed run leaves before its first snapshot is told from it: an empty folder for them, and no models. */
    @Test
    void snapshotsThatWereDeletedAreNotTakenForNone() throws IOException {
        byte[] metrics = Files.readAllBytes(output.resolve("metrics.jsonl"));
        byte[] model = Files.readAllBytes(output.resolve("discriminator/model.safetensors"));
        takeAway("snapshots");
        String missing =
                output + ": expected the run's snapshots in snapshots, from which it goes on, found none although";

        assertFailure(
                resume(), 1, missing + " it has saved its models; put them back, or begin a new run with another");
        assertThat(resume().err())
                .contains("the options in settings.json, and these weights if you like: --init-from ");
        assertThat(output.resolve("discriminator/model.safetensors")).hasBinaryContent(model);

        Files.createDirectory(output.resolve("snapshots"));
        assertFailure(resume(), 1, missing + " it has saved its models");
        Files.delete(output.resolve("snapshots"));

        takeAway("discriminator", "generator");
        assertFailure(resume(), 1, missing + " it has logged metrics; put them back, or begin a new run with another");
        assertThat(output.resolve("metrics.jsonl")).hasBinaryContent(metrics);

        Files.createDirectory(output.resolve("snapshots"));
        CommandRunner.Result result = assertSuccess(resume());
        assertThat(result.out()).contains("the run was interrupted before its first snapshot: it begins anew");
        assertThat(FinishedRun.read(output, STEPS)).isEqualTo(whole);
    }

    /** As of a shell's variable that is not set; without any path it is --output. */
    @Test
    void anEmptyPathIsNotTheLatestRun() {
        assertFailure(
                CommandRunner.run("pretrain", "--resume", "", "--output", output.toString()),
                2,
                "invalid value for option '--resume': expected a path, got an empty one");
        CommandRunner.Result result =
                assertSuccess(CommandRunner.run("pretrain", "--resume", "--output", output.toString()));
        assertThat(result.out()).contains("resumed after step 6 of 6");
    }

    @Test
    void otherOptionsAreWrongUsage() {
        assertFailure(resume("--learning-rate", "0.1"), 2, "a resumed run keeps its options: expected --learning-rate");
        assertFailure(
                resume("--output", folder.resolve("other").toString()), 2, "a resumed run stays in its directory");
    }

    /** Also on a backend that would compute in another, unless it is told to. */
    @Test
    void theRunsPrecisionStays() throws IOException {
        Path settings = output.resolve("settings.json");
        assertThat(Json.read(settings).get("precision").getAsString()).isEqualTo("float32");
        assertThat(columns()).isEqualTo("MB              cpu float32   cuda float32");
        assertThat(columns("--precision", "bf16")).isEqualTo("MB                cuda bf16");
        CommandRunner.Result same = assertSuccess(resume("--precision", "float32"));
        assertThat(same.out()).contains("resumed after step 6 of 6").doesNotContain("warning: ");
        assertThat(FinishedRun.read(output, STEPS)).isEqualTo(whole);

        // begun in bf16 unasked
        JsonObject json = Json.read(settings);
        json.addProperty("precision", "bf16");
        Json.write(settings, json);
        assertThat(columns()).isEqualTo("MB              cpu float32   cuda float32      cuda bf16");

        json.remove("precision");
        Json.write(settings, json);
        assertFailure(resume(), 1, settings + ": the field \"precision\" is missing");
    }

    /** What the run that goes on could be computed by. */
    private String columns(String... more) {
        List<String> arguments = new ArrayList<>(List.of("plan", "--resume", output.toString()));
        arguments.addAll(List.of(more));
        CommandRunner.Result plan = assertSuccess(CommandRunner.run(arguments.toArray(String[]::new)));
        return plan.out().lines().findFirst().orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "cpu, vector, BFLOAT16, cpu in bf16 (kernels: vector)",
        "cuda, , BFLOAT16, cuda in bf16",
        "cuda, , FLOAT32, cuda in float32",
        "cpu, scalar, FLOAT32, cpu in float32 (kernels: scalar)",
        "cpu, vector, FLOAT32,",
        "cpu, , FLOAT32,"
    })
    void whatComputesInAnotherWayIsWarnedOf(String backend, String kernels, String valueType, String before)
            throws IOException {
        rewrite(new SnapshotFolder(output).file(STEPS), backend, kernels, valueType);

        CommandRunner.Result result = assertSuccess(resume());
        String warning = "warning: the run was computed by backend " + before
                + ", now it is cpu in float32 (kernels: vector): it goes on, but not bit for bit\n";
        assertThat(result.out().contains(warning)).as(result.out()).isEqualTo(before != null);
        assertThat(result.out().contains("warning: ")).as(result.out()).isEqualTo(before != null);
    }

    /** As another backend would have written it. */
    private static void rewrite(Path snapshot, String backend, String kernels, String valueType) throws IOException {
        List<String> sections = List.of("parameters", "first_moments", "second_moments", "predictions");
        ChangedSnapshot.change(snapshot, sections, content -> {
            content.addProperty("backend", backend);
            content.addProperty("kernels", kernels);
            if (kernels == null) {
                content.remove("kernels"); // as of a backend with one kind, or in a file of an older version
            }
            content.addProperty("valueType", valueType);
        });
    }

    @Test
    void aDirectoryWithoutARunIsAFailure() throws IOException {
        output = Files.createDirectory(folder.resolve("empty"));
        assertFailure(resume(), 1, output + ": expected the directory of a run, found no settings.json");
    }

    @Test
    void optionsOfAnotherVersionAreAFailure() throws IOException {
        Path settings = output.resolve("settings.json");
        Files.writeString(settings, Files.readString(settings).replace("\"--keep\"", "\"--keep-all\""));
        assertFailure(
                resume(), 1, settings + ": expected options of 'jelectra pretrain': Unknown option: '--keep-all=9'");
    }

    @Test
    void aRunThatDivergesKeepsItsLastGoodSnapshot() throws IOException {
        Path diverged = folder.resolve("diverged");
        List<String> arguments = new ArrayList<>(TinyRun.arguments(folder.resolve("text.txt"), vocabulary, diverged));
        arguments.addAll(List.of("--snapshot-steps", "1", "--keep", "9", "--warmup-steps", "0"));
        arguments.addAll(List.of("--learning-rate", "1e30"));

        CommandRunner.Result result = CommandRunner.run(arguments.toArray(String[]::new));

        assertThat(result.code()).isEqualTo(1);
        int last = new SnapshotFolder(diverged).steps().stream().reduce(0, Math::max);
        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .containsPattern(" at step " + (last + 1) + ", first in the (tensor|gradient|weights) ")
                .containsPattern("the batch holds the training sequences \\d+, \\d+, \\d+, \\d+\\.")
                .endsWith("the last good snapshot is " + new SnapshotFolder(diverged).file(last));
        assertThat(result.out())
                .contains("saved the metrics", " in " + diverged + "; no model, as the run diverged")
                .doesNotContain("saved the model");
        assertThat(diverged.resolve("metrics.jsonl")).exists();
        assertThat(diverged.resolve("discriminator")).doesNotExist();
        assertThat(diverged.resolve("generator")).doesNotExist();
        Path details = diverged.resolve("diverged.json");
        assertThat(details).content().contains("\"step\"", "\"training_sequences\"");

        output = diverged;
        String again =
                diverged + ": the run diverged at step " + (last + 1) + " (diverged.json), and resumed it would do"
                        + " so again; begin a new run with a lower --learning-rate (here 1.0E30) or more --warmup-steps (here 0.0),"
                        + " or delete " + details;
        assertFailure(resume(), 1, again);
        assertThat(resume().out()).isEmpty();
        Files.delete(details);
        assertThat(resume().out()).contains("resumed after step " + last + " of 6");
        assertFailure(resume(), 1, again);
    }
}
