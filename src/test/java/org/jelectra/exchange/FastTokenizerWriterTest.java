package org.jelectra.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.io.Json;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tokenizer.json} as HuggingFace's tokenizers library reads it, for a BERT tokenizer. */
@Tag("every-jdk")
class FastTokenizerWriterTest {

    // ids unlike the order in which special tokens are listed
    private static final List<String> TOKENS = List.of("[PAD]", "a", "[MASK]", "[SEP]", "##b", "[CLS]", "[UNK]");

    private static final String EXPECTED = """
            {
              "version": "1.0", "truncation": null, "padding": null,
              "added_tokens": [
                {"id": 0, "content": "[PAD]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
                 "special": true},
                {"id": 6, "content": "[UNK]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
                 "special": true},
                {"id": 5, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
                 "special": true},
                {"id": 3, "content": "[SEP]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
                 "special": true},
                {"id": 2, "content": "[MASK]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
                 "special": true}
              ],
              "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                "strip_accents": STRIP, "lowercase": LOWER},
              "pre_tokenizer": {"type": "BertPreTokenizer"},
              "post_processor": {
                "type": "TemplateProcessing",
                "single": [
                  {"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                  {"SpecialToken": {"id": "[SEP]", "type_id": 0}}
                ],
                "pair": [
                  {"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                  {"SpecialToken": {"id": "[SEP]", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}},
                  {"SpecialToken": {"id": "[SEP]", "type_id": 1}}
                ],
                "special_tokens": {
                  "[CLS]": {"id": "[CLS]", "ids": [5], "tokens": ["[CLS]"]},
                  "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}
                }
              },
              "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
              "model": {
                "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                "max_input_chars_per_word": 90,
                "vocab": {"[PAD]": 0, "a": 1, "[MASK]": 2, "[SEP]": 3, "##b": 4, "[CLS]": 5, "[UNK]": 6}
              }
            }
            """;

    @TempDir
    Path folder;

    private JsonObject written(boolean lowerCase, boolean stripAccents) throws IOException {
        WordPieceOptions options = new WordPieceOptions(lowerCase, stripAccents, 90);
        new FastTokenizerWriter(new TokenizerFiles(Vocabulary.of(TOKENS), options, 64)).write(folder);
        return Json.read(folder.resolve(TokenizerFiles.FAST_TOKENIZER));
    }

    private static JsonObject expected(boolean lowerCase, boolean stripAccents) throws IOException {
        String text =
                EXPECTED.replace("LOWER", Boolean.toString(lowerCase)).replace("STRIP", Boolean.toString(stripAccents));
        return Json.parse(text, "the test");
    }

    @Test
    void allOfIt() throws IOException {
        assertThat(written(true, false)).isEqualTo(expected(true, false));
        assertThat(written(false, true)).isEqualTo(expected(false, true));
    }
}
