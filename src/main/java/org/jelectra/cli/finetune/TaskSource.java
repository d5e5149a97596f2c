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
import org.jelectra.inference.squad.SquadHead;

/** A task to fine-tune on, with its data read. */
interface TaskSource {

    /**
     * The task of that name, read from a directory.
     *
     * @param head of question answering; null: HuggingFace's
     * @throws IllegalArgumentException for an unknown name, or where the task has no choice of heads
     * @throws IOException where its files are missing or malformed
     */
    static TaskSource of(String task, SquadHead head, Path directory) throws IOException {
        SquadVersion version = SquadVersion.find(task);
        if (version != null) {
            return new SquadSource(version, head == null ? SquadHead.HUGGINGFACE : head, directory);
        }
        TaskSpec spec = FineTuneSource.spec(task);
        if (head != null) {
            throw new IllegalArgumentException(
                    "--head is for question answering, squad or squadv1, got " + spec.name());
        }
        return FineTuneSource.of(task, directory);
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
