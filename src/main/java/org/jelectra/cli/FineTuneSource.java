package org.jelectra.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jelectra.finetune.ClassificationTask;
import org.jelectra.finetune.SeedTask;
import org.jelectra.finetune.TaskData;
import org.jelectra.finetune.data.GlueTasks;
import org.jelectra.finetune.data.TaskFolder;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.pretrain.TokenizerFiles;
import org.jelectra.text.WordPiece;

/** A task by its name on the command line, with its data read. */
final class FineTuneSource {

    private final TaskSpec spec;
    private final TaskData data;

    private FineTuneSource(TaskSpec spec, TaskData data) {
        this.spec = spec;
        this.data = data;
    }

    /** Throws IllegalArgumentException for an unknown task, IOException where its files are missing or malformed. */
    static FineTuneSource of(String task, Path directory) throws IOException {
        TaskSpec spec = GlueTasks.find(task);
        if (spec == null) {
            throw new IllegalArgumentException("unknown task " + task + ": expected one of "
                    + String.join(
                            ", ", GlueTasks.all().stream().map(TaskSpec::name).toList()));
        }
        Path folder = TaskFolder.find(spec, directory);
        if (folder == null) {
            throw new IOException(directory + ": expected " + spec.train() + " (or .xz, .gz), there or in a folder "
                    + spec.folders().get(0) + ", found none");
        }
        return new FineTuneSource(spec, TaskData.load(spec, folder));
    }

    String name() {
        return spec.name();
    }

    double epochs() {
        return spec.epochs();
    }

    int maxLength() {
        return 128;
    }

    List<String> warnings() {
        return data.warnings();
    }

    String description() {
        return String.format(
                Locale.ROOT,
                "%s: %,d training examples%s, %,d for development",
                spec.name(),
                data.training().size(),
                spec.symmetric() ? " (pairs both ways round)" : "",
                data.development().get(0).examples().size());
    }

    SeedTask.Factory tasks(TokenizerFiles tokenizer) {
        WordPiece wordPiece = new WordPiece(tokenizer.vocabulary(), tokenizer.options());
        return (backend, config, settings) -> new ClassificationTask(backend, config, settings, data, wordPiece);
    }
}
