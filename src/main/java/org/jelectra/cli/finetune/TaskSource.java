package org.jelectra.cli.finetune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.finetune.FineTuningTask;
import org.jelectra.finetune.data.HeldOut;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.finetune.squad.SquadVersion;

/** A task to fine-tune on, with its data read. */
interface TaskSource {

    /**
     * The task of that name, read from a directory.
     *
     * @param head null: HuggingFace's
     * @throws IllegalArgumentException for an unknown name, or where the task has no such head
     * @throws IOException where its files are missing or malformed
     */
    static TaskSource of(String task, HeadName head, Path directory) throws IOException {
        SquadVersion version = SquadVersion.find(task);
        if (version != null) {
            return new SquadSource(version, HeadName.ofQuestions(head, task), directory);
        }
        TaskSpec spec = FineTuneSource.spec(task);
        return FineTuneSource.of(task, spec, HeadName.of(head, spec), directory);
    }

    String name();

    /** Head of the model where the task has a choice of them, else null. */
    default String head() {
        return null;
    }

    /** Part of the training file that is measured in place of a development file, else null. */
    default HeldOut heldOut() {
        return null;
    }

    double epochs();

    int maxLength();

    List<String> warnings();

    /** The files by their names; where a JSON file declares the task, that one too. */
    Map<String, Path> files();

    String description();

    FineTuningTask.Factory tasks(TokenizerFiles tokenizer);
}
