package org.jelectra.cli.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A tiny pre-trained model, and tasks of a few lines to fine-tune it on. */
abstract class TinyFineTuning {

    @TempDir
    static Path shared;

    static Path model;

    @TempDir
    Path directory;

    @BeforeAll
    static void pretrain() throws IOException {
        model = shared.resolve("model");
        List<String> arguments = TinyRun.arguments(TinyRun.writeText(shared), TinyRun.writeVocabulary(shared), model);
        assertSuccess(CommandRunner.run(arguments.toArray(String[]::new)));
    }

    /** Whether the first word is a cat: nothing that random weights could not learn. */
    Path sst() throws IOException {
        Path folder = Files.createDirectories(directory.resolve("glue/sst"));
        StringBuilder text = new StringBuilder("sentence\tlabel\n");
        for (int i = 0; i < 48; i++) {
            String rest = " sees a house and walk".substring(0, 6 + i % 16);
            text.append(i % 3 == 0 ? "cat" : "dog")
                    .append(rest)
                    .append('\t')
                    .append(i % 3 == 0 ? 1 : 0)
                    .append('\n');
        }
        Files.writeString(folder.resolve("train.tsv"), text);
        Files.writeString(folder.resolve("dev.tsv"), text);
        Files.writeString(folder.resolve("test.tsv"), "index\tsentence\n5\tcat sees\n2\tdog sees \"a house\n");
        return directory.resolve("glue");
    }

    static CommandRunner.Result finetune(String task, Path data, Path output, String... more) {
        return finetune(model, task, data, output, more);
    }

    static CommandRunner.Result finetune(Path base, String task, Path data, Path output, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "finetune",
                "--model",
                base.toString(),
                "--task",
                task,
                "--data",
                data.toString(),
                "--output",
                output.toString(),
                "--backend",
                "cpu"));
        arguments.addAll(List.of(more));
        if (!arguments.contains("--threads")) {
            arguments.addAll(List.of("--threads", "1"));
        }
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    /** As a run is that was begun with other settings, model or data. */
    static void refused(CommandRunner.Result result, String message) {
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .contains("result.json: written by a run with other settings: " + message)
                .hasLineCount(1);
    }
}
