package org.jelectra.cli.predict;

import com.google.gson.JsonPrimitive;
import java.util.List;
import org.jelectra.text.corpus.BlankLines;

/**
 * What a fine-tuned model is asked about.
 *
 * @param id the row's name, a string or a number, or null
 * @param first the text, or the question
 * @param second the other text of a pair, or the question's context; else null
 * @param words the text divided into words already; else null
 */
record InputRow(JsonPrimitive id, String first, String second, List<String> words) {

    /** Whether there is nothing to read in the text, or in one of two. */
    boolean hasEmptyText() {
        return first != null && BlankLines.isBlank(first) || second != null && BlankLines.isBlank(second);
    }

    static InputRow of(String first, String second) {
        return new InputRow(null, first, second, null);
    }
}
