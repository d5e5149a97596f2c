package org.jelectra.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.finetune.SeedTask;
import org.jelectra.finetune.squad.SquadVersion;
import org.jelectra.pretrain.TokenizerFiles;

/** A task to fine-tune on, with its data read. */
interface TaskSource {

    /**
     * The task of that name, read from a directory.
     *
     * @throws IllegalArgumentException for an unknown name
     * @throws IOException where its files are missing or malformed
     */
    static TaskSource of(String task, Path directory) throws IOException {
        SquadVersion version = SquadVersion.find(task);
        return version == null
                ? FineTuneSource.of(FineTuneSource.spec(task), directory)
                : new SquadSource(version, directory);
    }

    String name();

    double epochs();

    int maxLength();

    List<String> warnings();

    String description();

    SeedTask.Factory tasks(TokenizerFiles tokenizer);
}
