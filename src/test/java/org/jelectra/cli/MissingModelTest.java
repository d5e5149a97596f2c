package org.jelectra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.inference.TestModels;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A path that holds no model, to every command that needs one: one line that says what is there. */
class MissingModelTest {

    @TempDir
    private static Path shared;

    @BeforeAll
    static void write() throws IOException {
        Files.writeString(shared.resolve("file"), "text");
        Files.createDirectories(shared.resolve("empty"));
        Files.createDirectories(shared.resolve("unfinished/snapshots"));
        Files.writeString(shared.resolve("unfinished/snapshots/step-000000003.snapshot"), "");
        Files.createDirectories(shared.resolve("begun/snapshots"));
        Files.writeString(shared.resolve("begun/settings.json"), "{}");
        Files.createDirectories(shared.resolve("tuning/seed-1"));
        Files.writeString(shared.resolve("run.snapshot"), "");
        Files.writeString(shared.resolve("step-000000003.snapshot"), "");
        TestModels.classifier(shared.resolve("several/model"), List.of("0", "1"));
        TestModels.classifier(shared.resolve("tuned/seed-1"), List.of("0", "1"));
        TestModels.classifier(shared.resolve("hub/models--x--electra/snapshots/abc"), List.of("0", "1"));
        Files.writeString(shared.resolve("dev.tsv"), "sentence\tlabel\nt5\t0\nt6\t1\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "predict MODEL t5",
                "predict MODEL t5 --json",
                "encode MODEL t5",
                "export MODEL --output OUT",
                "export MODEL --network generator --output OUT",
                "export MODEL --format onnx --output OUT.onnx",
                "import MODEL --output OUT",
                "finetune --model MODEL --task sst-2 --data DATA --output OUT",
                "evaluate MODEL DATA/dev.tsv --task sst-2",
                "evaluate MODEL DATA/dev.tsv",
                "pretrain --init-from MODEL --output OUT"
            })
    void isTold(String line) {
        assertThat(fails(line, "file")).contains("file: expected ", "found a file");
        assertThat(fails(line, "empty")).containsPattern("empty: expected a .*model, .*found (neither|no config.json)");
        assertThat(fails(line, "missing")).containsPattern("missing: (no such file|expected .*found nothing)");
        assertThat(fails(line, "unfinished"))
                .contains("; found a run without one yet; use 'jelectra export' of a snapshot in "
                        + shared.resolve("unfinished/snapshots"))
                .endsWith(", or let pretrain --resume with this directory come to its end, or to Ctrl-C\n");
        assertThat(fails(line, "unfinished/snapshots"))
                .endsWith("; found snapshots, of which 'jelectra export' makes models, one of each\n");
        assertThat(fails(line, "begun"))
                .endsWith(
                        "; found a run without one yet, nor a snapshot; let pretrain --resume with this directory come"
                                + " to its end, or to Ctrl-C\n");
        assertThat(fails(line, "tuning"))
                .endsWith(
                        "; found a fine-tuning of which no seed has ended; the same finetune command with --resume goes"
                                + " on\n");
        assertThat(fails(line, "several"))
                .contains("found models in folders of it; choose one, as " + shared.resolve("several/model"));
        assertThat(fails(line, "hub/models--x--electra"))
                .endsWith("; found a folder of HuggingFace's cache; name a model in it, as "
                        + shared.resolve("hub/models--x--electra/snapshots/abc") + "\n");
        assertThat(fails(line, "tuned"))
                .contains("found those of a fine-tuning's seeds; choose one, as " + shared.resolve("tuned/seed-1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "predict MODEL t5",
                "encode MODEL t5",
                "import MODEL --output OUT",
                "finetune --model MODEL --task sst-2 --data DATA --output OUT",
                "evaluate MODEL DATA/dev.tsv --task sst-2",
                "evaluate MODEL DATA/dev.tsv",
                "pretrain --init-from MODEL --output OUT"
            })
    void aSnapshotIsToBeExported(String line) {
        assertThat(fails(line, "step-000000003.snapshot"))
                .endsWith("; found a snapshot, of which 'jelectra export' makes a model\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"predict MODEL t5", "export MODEL --output OUT"})
    void aSnapshotOfFineTuningIsToBeGoneOnWith(String line) {
        assertThat(fails(line, "run.snapshot"))
                .contains("; found a snapshot of fine-tuning; the same finetune command with --resume goes on with it");
    }

    @Test
    void aDirectoryIsNoVocabulary() {
        assertThat(fails("prepare --vocab MODEL --output OUT", "empty"))
                .contains("empty: expected a vocabulary, a file with a token a line; found a directory");
    }

    private static String fails(String line, String model) {
        String words = line.replace("MODEL", shared.resolve(model).toString())
                .replace("DATA", shared.toString())
                .replace("OUT", shared.resolve("out").toString());
        CommandRunner.Result result = CommandRunner.run(words.split(" "));
        assertThat(result.err().lines().filter(text -> !text.contains("computing on")))
                .hasSize(1);
        assertThat(result.err()).doesNotContain("--help");
        assertThat(result.code()).as(result.err()).isEqualTo(1);
        assertThat(shared.resolve("out")).doesNotExist();
        return result.err();
    }
}
