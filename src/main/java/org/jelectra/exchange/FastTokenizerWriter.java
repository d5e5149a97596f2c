package org.jelectra.exchange;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.io.Json;
import org.jelectra.text.Vocabulary;

/**
 * Writes a tokenizer for HuggingFace's fast tokenizers: {@code tokenizer.json}, which holds all of it, and
 * {@code special_tokens_map.json}.
 *
 * <p>Source: the format as the tokenizers library documents its parts (BertNormalizer, BertPreTokenizer, TemplateProcessing,
 * WordPiece).
 */
final class FastTokenizerWriter {

    private final TokenizerFiles files;
    private final Vocabulary vocabulary;

    FastTokenizerWriter(TokenizerFiles files) {
        this.files = files;
        this.vocabulary = files.vocabulary();
    }

    /** Writes both files. */
    void write(Path folder) throws IOException {
        JsonObject special = new JsonObject();
        special.addProperty("unk_token", vocabulary.token(vocabulary.unknownId()));
        special.addProperty("sep_token", vocabulary.token(vocabulary.sepId()));
        special.addProperty("pad_token", vocabulary.token(vocabulary.padId()));
        special.addProperty("cls_token", vocabulary.token(vocabulary.clsId()));
        special.addProperty("mask_token", vocabulary.token(vocabulary.maskId()));
        Json.write(folder.resolve("special_tokens_map.json"), special);
        Json.write(folder.resolve(TokenizerFiles.FAST_TOKENIZER), json());
    }

    private JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("version", "1.0");
        json.add("truncation", JsonNull.INSTANCE);
        json.add("padding", JsonNull.INSTANCE);
        JsonArray added = new JsonArray();
        int[] ids = {
            vocabulary.padId(), vocabulary.unknownId(), vocabulary.clsId(), vocabulary.sepId(), vocabulary.maskId()
        };
        for (int id : ids) {
            added.add(addedToken(id));
        }
        json.add("added_tokens", added);
        JsonObject normalizer = typed("BertNormalizer");
        normalizer.addProperty("clean_text", true);
        normalizer.addProperty("handle_chinese_chars", true);
        normalizer.addProperty("strip_accents", files.options().stripAccents());
        normalizer.addProperty("lowercase", files.options().lowerCase());
        json.add("normalizer", normalizer);
        json.add("pre_tokenizer", typed("BertPreTokenizer"));
        json.add("post_processor", postProcessor());
        JsonObject decoder = typed("WordPiece");
        decoder.addProperty("prefix", Vocabulary.CONTINUATION);
        decoder.addProperty("cleanup", true);
        json.add("decoder", decoder);
        json.add("model", model());
        return json;
    }

    private JsonObject addedToken(int id) {
        JsonObject token = new JsonObject();
        token.addProperty("id", id);
        token.addProperty("content", vocabulary.token(id));
        for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
            token.addProperty(flag, false);
        }
        token.addProperty("special", true);
        return token;
    }

    private JsonObject postProcessor() {
        JsonArray single = new JsonArray();
        single.add(piece("SpecialToken", "[CLS]", 0));
        single.add(piece("Sequence", "A", 0));
        single.add(piece("SpecialToken", "[SEP]", 0));
        JsonArray pair = single.deepCopy();
        pair.add(piece("Sequence", "B", 1));
        pair.add(piece("SpecialToken", "[SEP]", 1));
        JsonObject special = new JsonObject();
        special.add("[CLS]", specialToken(vocabulary.clsId()));
        special.add("[SEP]", specialToken(vocabulary.sepId()));
        JsonObject processor = typed("TemplateProcessing");
        processor.add("single", single);
        processor.add("pair", pair);
        processor.add("special_tokens", special);
        return processor;
    }

    private static JsonObject piece(String kind, String id, int type) {
        JsonObject inner = new JsonObject();
        inner.addProperty("id", id);
        inner.addProperty("type_id", type);
        JsonObject piece = new JsonObject();
        piece.add(kind, inner);
        return piece;
    }

    private JsonObject specialToken(int id) {
        JsonArray ids = new JsonArray();
        ids.add(id);
        JsonArray tokens = new JsonArray();
        tokens.add(vocabulary.token(id));
        JsonObject token = new JsonObject();
        token.addProperty("id", vocabulary.token(id));
        token.add("ids", ids);
        token.add("tokens", tokens);
        return token;
    }

    private JsonObject model() {
        JsonObject tokens = new JsonObject();
        for (int id = 0; id < vocabulary.size(); id++) {
            tokens.addProperty(vocabulary.token(id), id);
        }
        JsonObject model = typed("WordPiece");
        model.addProperty("unk_token", vocabulary.token(vocabulary.unknownId()));
        model.addProperty("continuing_subword_prefix", Vocabulary.CONTINUATION);
        model.addProperty("max_input_chars_per_word", files.options().maxWordLength());
        model.add("vocab", tokens);
        return model;
    }

    private static JsonObject typed(String type) {
        JsonObject object = new JsonObject();
        object.addProperty("type", type);
        return object;
    }
}
