package org.jelectra.exchange;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.io.Json;
import org.jelectra.text.Vocabulary;

/** A model's tokenizer, from whichever files of HuggingFace's a folder has. */
final class SourceTokenizer {

    private static final String VOCABULARY = "vocab.txt";
    private static final String CONFIG = "tokenizer_config.json";

    /** Entries that must have one value, because the tokenizer here has no other. */
    private static final List<Map.Entry<String, String>> FIXED = List.of(
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

    private SourceTokenizer() {}

    /**
     * Reads {@code vocab.txt} or else {@code tokenizer.json}, and {@code tokenizer_config.json}; the casing comes from the latter or
     * else from {@code tokenizer.json}, and is lower case where neither says.
     *
     * @param maxPositions limit on the length
     * @throws IOException if there is no vocabulary, a file is malformed, or the tokenizer is of another kind
     */
    static TokenizerFiles read(Path folder, int maxPositions) throws IOException {
        Path configFile = folder.resolve(CONFIG);
        JsonObject config = Files.exists(configFile) ? Json.read(configFile) : new JsonObject();
        check(config, configFile);
        Path fastFile = folder.resolve(FastTokenizer.FILE);
        FastTokenizer fast = Files.isRegularFile(fastFile) ? FastTokenizer.read(fastFile) : null;
        Path vocabularyFile = folder.resolve(VOCABULARY);
        if (Files.isRegularFile(vocabularyFile)) {
            boolean casing = fast != null && !config.has("do_lower_case");
            TokenizerFiles files = TokenizerFiles.load(folder, maxPositions);
            return casing ? new TokenizerFiles(files.vocabulary(), fast.options(), files.maxLength()) : files;
        }
        if (fast == null) {
            throw new IOException(folder + ": expected the vocabulary in " + VOCABULARY + " or " + FastTokenizer.FILE
                    + ", found neither");
        }
        Vocabulary vocabulary = fast.vocabulary();
        return new TokenizerFiles(
                vocabulary,
                config.has("do_lower_case") ? TokenizerFiles.options(config) : fast.options(),
                TokenizerFiles.maxLength(config, maxPositions));
    }

    private static void check(JsonObject config, Path file) throws IOException {
        JsonElement name = config.get("tokenizer_class");
        if (name != null && name.isJsonPrimitive() && !CLASSES.contains(name.getAsString())) {
            throw new IOException(file + ": tokenizer_class must be one of " + CLASSES + ", got " + name.getAsString());
        }
        for (String key : List.of("do_lower_case", "strip_accents")) {
            JsonElement value = config.get(key);
            if (value != null && !value.isJsonNull() && !isBoolean(value)) {
                throw new IOException(file + ": " + key + " must be true or false, got " + value);
            }
        }
        JsonElement length = config.get("model_max_length");
        if (length != null && !length.isJsonNull() && !isNumber(length)) {
            throw new IOException(file + ": model_max_length must be a number, got " + length);
        }
        for (Map.Entry<String, String> entry : FIXED) {
            JsonElement value = config.get(entry.getKey());
            // a token may come with its properties
            if (value != null && value.isJsonObject()) {
                value = value.getAsJsonObject().get("content");
            }
            if (value != null && !value.isJsonNull()) {
                String found = value.isJsonPrimitive() ? value.getAsString() : value.toString();
                if (!found.equals(entry.getValue())) {
                    throw new IOException(
                            file + ": " + entry.getKey() + " must be " + entry.getValue() + ", got " + found);
                }
            }
        }
    }

    private static boolean isBoolean(JsonElement value) {
        return value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean();
    }

    private static boolean isNumber(JsonElement value) {
        return value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
    }
}
