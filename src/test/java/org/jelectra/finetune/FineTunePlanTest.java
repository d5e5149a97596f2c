package org.jelectra.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jelectra.backend.Backends;
import org.jelectra.finetune.data.TaskFile;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.finetune.tasks.ClassificationTask;
import org.jelectra.finetune.tasks.TaskData;
import org.jelectra.inference.TestModels;
import org.jelectra.text.WordPiece;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plan from Java names its task in code: no file that is hashed has the declaration. */
class FineTunePlanTest {

    @TempDir
    private Path directory;

    private Path model;

    @BeforeEach
    void write() throws IOException {
        model = TestModels.classifier(directory.resolve("model"), List.of("a", "b"));
        Files.writeString(
                directory.resolve("all.tsv"), "one\ttwo\tlabel\n" + "t7 t9\tt8\tgood\nt20\tt3\tbad\n".repeat(8));
    }

    private TaskSpec task(String text, double epochs) throws IOException {
        return TaskFile.read(Files.writeString(
                directory.resolve("mine.json"),
                "{\"text\": \"" + text + "\", \"label\": \"label\", \"train\": \"all.tsv\", \"dev_fraction\": 0.25,"
                        + " \"epochs\": " + epochs + "}"));
    }

    private Optional<List<SeedResult>> run(TaskSpec spec, boolean resumes) throws IOException {
        FineTuneSettings settings = FineTuneSettings.defaults(16, 1, 16, 1);
        FineTunePlan begun = FineTunePlan.of(spec, directory, model, settings, 1, directory.resolve("out"));
        FineTunePlan plan = resumes ? begun.resumed() : begun;
        WordPiece wordPiece =
                new WordPiece(plan.tokenizer().vocabulary(), plan.tokenizer().options());
        TaskData data = TaskData.load(spec, directory);
        return new FineTuneRun(
                        () -> Backends.open(Backends.CPU, 1),
                        plan,
                        (backend, sizes, seed) -> new ClassificationTask(backend, sizes, seed, data, wordPiece),
                        new FineTuneRunListener() {})
                .run();
    }

    @Test
    void anotherDeclarationIsThatOfAnotherTask() throws IOException {
        List<SeedResult> results = run(task("one", 3), false).orElseThrow();

        assertThatThrownBy(() -> run(task("two", 3), true))
                .isInstanceOf(IOException.class)
                .hasMessage(directory.resolve("out/seed-1/result.json")
                        + ": written by a run with other settings: task.text was [{\"name\":\"one\"}],"
                        + " now [{\"name\":\"two\"}]");
        // the settings have the epochs, whatever the declaration would have them be by default
        assertThat(run(task("one", 2), true)).contains(results);
    }
}
