package org.jelectra.finetune.squad;

import java.util.List;
import java.util.Locale;

/** The two data sets. */
public enum SquadVersion {
    /** Every question has an answer. */
    V1("SQuAD-1.1", "v1.1", List.of("squadv1", "squad-1.1", "squad1.1", "squad1")),
    /** Some questions have none. */
    V2("SQuAD-2.0", "v2.0", List.of("squad", "squadv2", "squad-2.0", "squad2.0", "squad2"));

    private final String label;
    private final String suffix;
    private final List<String> names;

    SquadVersion(String label, String suffix, List<String> names) {
        this.label = label;
        this.suffix = suffix;
        this.names = names;
    }

    /** As people write it. */
    public String label() {
        return label;
    }

    /** What the official files' names end in: {@code train-v2.0.json}. */
    public String suffix() {
        return suffix;
    }

    /** Names on the command line and of folders, in lower case; the first is the original code's. */
    public List<String> names() {
        return names;
    }

    /** The data set of that name in any case, or null. */
    public static SquadVersion find(String name) {
        for (SquadVersion version : values()) {
            if (version.names.contains(name.toLowerCase(Locale.ROOT))) {
                return version;
            }
        }
        return null;
    }
}
