package org.jelectra.finetune.data;

import java.util.List;
import org.jelectra.text.corpus.BlankLines;

/**
 * A text or a pair of texts with its label.
 *
 * @param first the text
 * @param second the other one of a pair, or null
 * @param label number of the class, or the regression target divided by the task's scale; NaN where there is none
 * @param classes numbers of the classes where there may be several, ascending; else empty
 */
public record Example(String first, String second, float label, List<Integer> classes) {

    /** With one label, or none. */
    public Example(String first, String second, float label) {
        this(first, second, label, List.of());
    }

    /** Whether there is nothing to read in the text, or in one of the pair. */
    public boolean hasEmptyText() {
        return BlankLines.isBlank(first) || second != null && BlankLines.isBlank(second);
    }

    /** The pair the other way round. */
    public Example swapped() {
        return new Example(second, first, label, classes);
    }
}
