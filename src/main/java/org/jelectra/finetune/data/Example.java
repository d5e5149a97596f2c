package org.jelectra.finetune.data;

/**
 * A text or a pair of texts with its label.
 *
 * @param first the text
 * @param second the other one of a pair, or null
 * @param label number of the class, or the regression target divided by the task's scale; NaN where there is none
 */
public record Example(String first, String second, float label) {

    /** The pair the other way round. */
    public Example swapped() {
        return new Example(second, first, label);
    }
}
