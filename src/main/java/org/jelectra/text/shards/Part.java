package org.jelectra.text.shards;

import java.util.Locale;
import org.jelectra.text.corpus.PreparedFile;

/** The two parts of a prepared corpus. */
public enum Part {
    /** What is trained on. */
    TRAINING("training"),
    /** What models are evaluated on. */
    HELD_OUT("held-out");

    private final String label;

    Part(String label) {
        this.label = label;
    }

    /** Name in file names. */
    public String label() {
        return label;
    }

    /** Name of a shard's file. */
    public String fileName(int number) {
        return String.format(Locale.ROOT, "%s-%05d%s", label, number, PreparedFile.SHARD_EXTENSION);
    }
}
