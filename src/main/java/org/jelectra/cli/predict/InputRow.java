package org.jelectra.cli.predict;

import java.util.List;

/**
 * What a fine-tuned model is asked about.
 *
 * @param id the row's name, or null
 * @param first the text, or the question
 * @param second the other text of a pair, or the question's context; else null
 * @param words the text divided into words already; else null
 */
record InputRow(String id, String first, String second, List<String> words) {

    static InputRow of(String first, String second) {
        return new InputRow(null, first, second, null);
    }
}
