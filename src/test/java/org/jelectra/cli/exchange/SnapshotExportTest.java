package org.jelectra.cli.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertFailure;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jelectra.LogMessages;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.jelectra.io.Json;
import org.jelectra.io.Sha256;
import org.jelectra.pretrain.RunSoFar;
import org.jelectra.pretrain.SnapshotFolder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code jelectra export} of a snapshot: the model that the run would have left, had it ended there. */
class SnapshotExportTest {

    private static final int STEPS = 6;

    @TempDir
    private static Path shared;

    @TempDir
    Path folder;

    private static Path run;

    @BeforeAll
    static void train() throws IOException {
        run = shared.resolve("run");
        List<String> arguments =
                new ArrayList<>(TinyRun.arguments(TinyRun.writeText(shared), TinyRun.writeVocabulary(shared), run));
        arguments.addAll(List.of("--snapshot-steps", "3", "--keep", "9", "--no-lower-case"));
        assertSuccess(CommandRunner.run(arguments.toArray(String[]::new)));
        Files.delete(shared.resolve("text.txt"));
    }

    private static String snapshot(int step) {
        return new SnapshotFolder(run).file(step).toString();
    }

    private Path exported(String model, String name, String... more) {
        Path output = folder.resolve(name);
        List<String> arguments = new ArrayList<>(List.of("export", model, "--output", output.toString()));
        arguments.addAll(List.of(more));
        CommandRunner.Result result = assertSuccess(CommandRunner.run(arguments.toArray(String[]::new)));
        assertThat(result.out()).startsWith(output + ": ");
        assertThat(leftovers()).isEmpty();
        return output;
    }

    private List<String> leftovers() {
        return Stream.of(folder.toFile().list())
                .filter(name -> name.startsWith("."))
                .toList();
    }

    private static void assertSameFiles(Path actual, Path expected) throws IOException {
        try (Stream<Path> files = Files.list(expected)) {
            for (Path file : files.toList()) {
                assertThat(actual.resolve(file.getFileName())).hasSameBinaryContentAs(file);
            }
        }
    }

    /** A milestone has a place in the curve of quality over compute. */
    @Test
    void whatItHasCostIsKnownOfIt() throws IOException {
        Path output = exported(snapshot(3), "half");
        Path glue = Files.createDirectories(output.resolve("glue"));
        String hash = Sha256.of(output.resolve("model.safetensors"));
        Files.writeString(
                glue.resolve("glue.json"),
                "{\"model\": \"x\", \"kept\": \"last\", \"average\": 0.5, \"SHA-256 of model.safetensors\": \"" + hash
                        + "\"}");
        CommandRunner.Result result =
                assertSuccess(CommandRunner.run("flops", run.toString(), output.toString(), "--json"));
        JsonArray rows = Json.parse(result.out(), "output").getAsJsonArray("models");
        JsonObject whole = find(rows, "run");
        JsonObject half = find(rows, "half");
        assertThat(half.get("steps").getAsInt()).isEqualTo(3);
        assertThat(2 * half.get("training_flops").getAsDouble())
                .isEqualTo(whole.get("training_flops").getAsDouble());
        assertThat(half.get("note").getAsString()).isEqualTo("so far, of 6 steps");
        assertThat(half.getAsJsonObject("glue_development").get("average").getAsDouble())
                .isEqualTo(50);
        assertThat(RunSoFar.read(output)).isEqualTo(new RunSoFar(RunSoFar.settings(run), 3, false));
    }

    private static JsonObject find(JsonArray rows, String name) {
        for (JsonElement row : rows) {
            if (row.getAsJsonObject().get("name").getAsString().equals(name)) {
                return row.getAsJsonObject();
            }
        }
        throw new AssertionError("no row " + name + " in " + rows);
    }

    @Test
    void ofTheLastStepIsTheRunsModel() throws IOException {
        for (String network : List.of("discriminator", "generator")) {
            Path ofRun = exported(run.toString(), "run-" + network, "--network", network);
            Path ofSnapshot = exported(snapshot(STEPS), "snapshot-" + network, "--network", network);
            assertSameFiles(ofSnapshot, ofRun);
        }
        Path ofRun = exported(run.toString(), "run.onnx", "--format", "onnx");
        Path ofSnapshot = exported(snapshot(STEPS), "snapshot.onnx", "--format", "onnx");
        assertThat(ofSnapshot).hasSameBinaryContentAs(ofRun);
    }

    /** The run was killed and has no models, and the text, which is deleted, is not read again. */
    @Test
    void ofAnEarlierStepIsAnotherModelThatOtherCommandsRead() throws IOException {
        Path killed = Files.createDirectory(folder.resolve("killed"));
        for (String name : List.of("settings.json", "vocab.txt", "tokenizer_config.json")) {
            Files.copy(run.resolve(name), killed.resolve(name));
        }
        Path file = new SnapshotFolder(killed).file(3);
        Files.createDirectory(file.getParent());
        Files.copy(Path.of(snapshot(3)), file);

        Path discriminator = exported(file.toString(), "discriminator");
        Path generator = exported(file.toString(), "generator", "--network", "generator");
        assertThat(Files.mismatch(
                        discriminator.resolve("model.safetensors"), run.resolve("discriminator/model.safetensors")))
                .isNotEqualTo(-1);

        Path both = folder.resolve("both");
        assertSuccess(CommandRunner.run(
                "import", discriminator.toString(), "--generator", generator.toString(), "--output", both.toString()));
        CommandRunner.Result predicted =
                assertSuccess(CommandRunner.run("predict", both.toString(), "the cat sees a dog"));
        assertThat(predicted.out()).contains("the", "dog").contains("replaced tokens found");

        // what the run has learnt can be had without the run's settings
        Files.writeString(killed.resolve("settings.json"), "torn");
        List<Path> damaged = new ArrayList<>();
        assertThat(LogMessages.of(RunSoFar.class, () -> damaged.add(exported(file.toString(), "damaged"))))
                .singleElement()
                .asString()
                .startsWith("pretraining.json is left out: " + killed.resolve("settings.json") + ": ");
        assertThat(damaged.get(0).resolve("pretraining.json")).doesNotExist();
        assertThat(damaged.get(0).resolve("model.safetensors"))
                .hasSameBinaryContentAs(discriminator.resolve("model.safetensors"));
    }

    @Test
    void whatCannotBeReadIsNamed() throws IOException {
        Path other = folder.resolve("other/snapshots/step-000000003.snapshot");
        Files.createDirectories(other.getParent());
        byte[] bytes = Files.readAllBytes(Path.of(snapshot(3)));
        Files.write(other, bytes);
        fails(
                other,
                folder.resolve("other") + ": expected the vocabulary in vocab.txt or tokenizer.json, found neither");
        bytes[bytes.length / 2] ^= 1;
        Files.write(other, bytes);
        fails(other, other + ": the snapshot is damaged");
        fails(folder.resolve("missing.snapshot"), "missing.snapshot: expected a model, that is ");
        Path tuning = Files.write(folder.resolve("run.snapshot"), bytes);
        fails(tuning, "found a snapshot of fine-tuning; the same finetune command with --resume goes on");
    }

    /** The snapshot is damaged, and not yet read when the output is found unfit. */
    @Test
    void theOutputIsTriedFirst() throws IOException {
        Path other = folder.resolve("other/snapshots/step-000000003.snapshot");
        Files.createDirectories(other.getParent());
        Files.writeString(other, "no snapshot");
        Path full = folder.resolve("other");
        CommandRunner.Result result = CommandRunner.run("export", other.toString(), "--output", full.toString());
        assertThat(result.err()).contains(full + ": expected a new folder for the output, found one with files in it");
        Path file = Files.writeString(folder.resolve("file"), "");
        for (String format : List.of("huggingface", "onnx")) {
            String below =
                    file.resolve(format.equals("onnx") ? "model.onnx" : "model").toString();
            result = CommandRunner.run("export", other.toString(), "--format", format, "--output", below);
            assertThat(result.err()).contains(below + ": cannot be written (" + file + ": expected a directory");
            assertThat(result.code()).isEqualTo(1);
        }
    }

    private void fails(Path model, String message) throws IOException {
        Path output = folder.resolve("a/b/output");
        CommandRunner.Result result = CommandRunner.run("export", model.toString(), "--output", output.toString());
        assertFailure(result, 1, message);
        assertThat(folder.resolve("a")).doesNotExist();
        assertThat(leftovers()).isEmpty();
    }
}
