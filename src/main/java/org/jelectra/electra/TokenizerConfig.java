package org.jelectra.electra;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;
import org.jelectra.text.WordPieceOptions;

/** What {@code tokenizer_config.json} says of a tokenizer that splits text as this library does. */
final class TokenizerConfig {

    static final String LOWER_CASE = "do_lower_case";
    static final String STRIP_ACCENTS = "strip_accents";
    static final String MAX_LENGTH = "model_max_length";
    /** Ours, where it is more than {@link #MAX_LENGTH}; HuggingFace's libraries pass it over. */
    static final String TRAINED_LENGTH = "trained_max_length";
    /** Ours, after the entry of {@code tokenizer.json}; HuggingFace's libraries pass it over. */
    static final String MAX_WORD_LENGTH = FastTokenizer.MAX_WORD_LENGTH;

    /** [CLS], a token and [SEP]. */
    static final int SHORTEST = 3;

    /** Entries that must have one value, because the tokenizer here has no other. */
    private static final List<Map.Entry<String, String>> FIXED = List.of(
            Map.entry("word_tokenizer_type", "basic"),
            Map.entry("subword_tokenizer_type", "wordpiece"),
            Map.entry("tokenize_chinese_chars", "true"),
            Map.entry("do_basic_tokenize", "true"),
            Map.entry("pad_token", "[PAD]"),
            Map.entry("unk_token", "[UNK]"),
            Map.entry("cls_token", "[CLS]"),
            Map.entry("sep_token", "[SEP]"),
            Map.entry("mask_token", "[MASK]"));

    /** Classes that split text as this library does. */
    private static final List<String> CLASSES = List.of(
            "ElectraTokenizer",
            "ElectraTokenizerFast",
            "BertTokenizer",
            "BertTokenizerFast",
            "PreTrainedTokenizerFast");

    private final JsonFields json;

    private TokenizerConfig(JsonFields json) {
        this.json = json;
    }

    /**
     * Reads a file; where there is none, it says nothing. Its class may be named in the model's {@code config.json} instead.
     *
     * @throws IOException if it is malformed, or describes a tokenizer of another kind
     */
    static TokenizerConfig read(Path file) throws IOException {
        JsonFields json = fields(file);
        Path model = file.resolveSibling(ModelFiles.CONFIG);
        if (!requireClass(json, file)) {
            requireClass(fields(model), model);
        }
        for (Map.Entry<String, String> entry : FIXED) {
            JsonElement value = json.object().get(entry.getKey());
            if (value != null && !value.isJsonNull()) {
                String found = AddedTokens.content(value);
                if (!found.equals(entry.getValue())) {
                    throw new IOException(
                            file + ": " + entry.getKey() + " must be " + entry.getValue() + ", got " + found);
                }
            }
        }
        AddedTokens.requireNone(json.object(), file);
        return new TokenizerConfig(json);
    }

    private static JsonFields fields(Path file) throws IOException {
        return new JsonFields(Files.exists(file) ? Json.read(file) : new JsonObject(), file.toString());
    }

    /** Returns whether the file names a class; throws where it is of another kind. */
    private static boolean requireClass(JsonFields json, Path file) throws IOException {
        if (!json.has("tokenizer_class")) {
            return false;
        }
        String kind = json.text("tokenizer_class");
        if (!CLASSES.contains(kind)) {
            throw new IOException(file + ": tokenizer_class must be one of " + CLASSES + ", got " + kind);
        }
        return true;
    }

    /**
     * Normalisation of the text.
     *
     * @param otherwise what holds where the file says nothing
     * @throws IOException if an entry for it is malformed
     */
    WordPieceOptions options(WordPieceOptions otherwise) throws IOException {
        int maxWordLength = json.has(MAX_WORD_LENGTH)
                ? json.integer(MAX_WORD_LENGTH, 1, Integer.MAX_VALUE)
                : otherwise.maxWordLength();
        boolean lowerCase = json.has(LOWER_CASE) ? json.flag(LOWER_CASE) : otherwise.lowerCase();
        // null, as HuggingFace writes it, means: as the casing
        boolean otherAccents = json.has(LOWER_CASE) ? lowerCase : otherwise.stripAccents();
        boolean stripAccents = json.has(STRIP_ACCENTS) ? json.flag(STRIP_ACCENTS) : otherAccents;
        return new WordPieceOptions(lowerCase, stripAccents, maxWordLength);
    }

    /**
     * The longest sequence that is allowed, at most {@code maxPositions}.
     *
     * @throws IOException if the entry is not a number
     */
    int maxLength(int maxPositions) throws IOException {
        double length = json.has(MAX_LENGTH) ? json.number(MAX_LENGTH) : maxPositions;
        // HuggingFace writes 1e30 where it knows no limit
        return length >= SHORTEST && length < maxPositions ? (int) length : maxPositions;
    }

    /**
     * The longest sequence of any training, from {@link #maxLength} to {@code maxPositions}.
     *
     * @throws IOException if an entry is not a number
     */
    int trainedLength(int maxPositions) throws IOException {
        double length = json.has(TRAINED_LENGTH) ? json.number(TRAINED_LENGTH) : 0;
        return (int) Math.max(maxLength(maxPositions), Math.min(length, maxPositions));
    }
}
