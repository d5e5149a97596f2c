package org.jelectra.cli.finetune;

import java.util.Locale;
import org.jelectra.electra.heads.SequenceHead;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.inference.squad.SquadHead;

/** Value of {@code --head}, whose meaning depends on the task; null stands for {@link #HUGGINGFACE}. */
enum HeadName {
    HUGGINGFACE,
    LINEAR,
    JOINT;

    /** The head of question answering; throws IllegalArgumentException where it has none of that name. */
    static SquadHead ofQuestions(HeadName name, String task) {
        if (name == LINEAR) {
            throw wrong(name, "huggingface or joint", task);
        }
        return name == JOINT ? SquadHead.JOINT : SquadHead.HUGGINGFACE;
    }

    /** The head of another task, null of tagging; throws IllegalArgumentException where it has none of that name. */
    static SequenceHead of(HeadName name, TaskSpec task) {
        if (task.kind() == TaskSpec.Kind.TAGGING) {
            if (name != null) {
                throw new IllegalArgumentException("--head: " + task.name() + " has no choice of heads");
            }
            return null;
        }
        if (name == JOINT) {
            throw wrong(name, "huggingface or linear", task.name());
        }
        return name == LINEAR ? SequenceHead.LINEAR : SequenceHead.HUGGINGFACE;
    }

    private static IllegalArgumentException wrong(HeadName name, String expected, String task) {
        return new IllegalArgumentException("--head: expected " + expected + " for " + task + ", got "
                + name.name().toLowerCase(Locale.ROOT));
    }
}
