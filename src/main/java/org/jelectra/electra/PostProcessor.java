package org.jelectra.electra;

import java.io.IOException;
import java.util.StringJoiner;
import org.jelectra.io.JsonFields;
import org.jelectra.text.Vocabulary;

/**
 * What {@code tokenizer.json} puts around texts. Here these are [CLS] and [SEP], so that a model which was trained without them, or with
 * others, would read something else.
 *
 * <p>Source: the parts BertProcessing and TemplateProcessing as the tokenizers library documents them.
 */
final class PostProcessor {

    private static final String KEY = "post_processor";

    private PostProcessor() {}

    /**
     * Checks a file's entry.
     *
     * @throws IOException if it is missing or malformed, puts other tokens around texts, or gives them other ids than the vocabulary
     */
    static void check(JsonFields tokenizer, Vocabulary vocabulary) throws IOException {
        if (!tokenizer.has(KEY)) {
            throw tokenizer.wrong(KEY, "[CLS] and [SEP] around each text", "none");
        }
        JsonFields processor = tokenizer.object(KEY);
        String type = processor.text("type");
        switch (type) {
            case "BertProcessing" -> {
                require(processor, "cls", "[\"[CLS]\"," + vocabulary.clsId() + "]");
                require(processor, "sep", "[\"[SEP]\"," + vocabulary.sepId() + "]");
            }
            case "TemplateProcessing" -> {
                requireTemplate(processor, "single", "[CLS]:0 $A:0 [SEP]:0");
                requireTemplate(processor, "pair", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1");
                JsonFields special = processor.object("special_tokens");
                require(special.object("[CLS]"), "ids", "[" + vocabulary.clsId() + "]");
                require(special.object("[SEP]"), "ids", "[" + vocabulary.sepId() + "]");
            }
            default -> throw processor.wrong("type", "TemplateProcessing or BertProcessing", type);
        }
    }

    private static void require(JsonFields json, String key, String expected) throws IOException {
        String found = json.array(key).toString();
        if (!found.equals(expected)) {
            throw json.wrong(key, expected, found);
        }
    }

    /** Tokens, texts and their types, in the notation of that library. */
    private static void requireTemplate(JsonFields processor, String key, String expected) throws IOException {
        StringJoiner found = new StringJoiner(" ");
        for (int i = 0; i < processor.array(key).size(); i++) {
            JsonFields piece = processor.element(key, i);
            boolean isToken = piece.has("SpecialToken");
            JsonFields content = piece.object(isToken ? "SpecialToken" : "Sequence");
            found.add((isToken ? "" : "$") + content.text("id") + ":" + content.integer("type_id", 0, 1));
        }
        if (!found.toString().equals(expected)) {
            throw processor.wrong(key, expected, found);
        }
    }
}
