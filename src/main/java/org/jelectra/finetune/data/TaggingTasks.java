package org.jelectra.finetune.data;

import java.util.List;
import org.jelectra.finetune.data.TaskSpec.Header;
import org.jelectra.finetune.data.TaskSpec.Kind;
import org.jelectra.finetune.metrics.Metric;

/** Tagged text in the files of the CoNLL shared tasks: word first, tag last. */
public final class TaggingTasks {

    /** Files {@code train.txt} and {@code dev.txt} or {@code test.txt} (CoNLL-2000 has no development set); entity-level F1. */
    public static final TaskSpec CONLL = new TaskSpec(
            "tagging",
            Kind.TAGGING,
            List.of("tagging", "conll2000", "conll2003", "chunk", "ner"),
            List.of(Column.at(0)),
            Column.at(-1),
            List.of(),
            null,
            1,
            Metric.ENTITY_F1,
            3,
            false,
            false,
            Header.NO,
            "train.txt",
            List.of("dev.txt", "test.txt"),
            null,
            List.of());

    private TaggingTasks() {}
}
