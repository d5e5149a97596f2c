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
import org.jelectra.io.JsonFields;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;

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
        JsonFields config = new JsonFields(
                Files.exists(configFile) ? Json.read(configFile) : new JsonObject(), configFile.toString());
        check(config, configFile);
        WordPieceOptions options = TokenizerFiles.options(config);
        int maxLength = TokenizerFiles.maxLength(config, maxPositions);
        Path fastFile = folder.resolve(FastTokenizer.FILE);
        FastTokenizer fast = Files.isRegularFile(fastFile) ? FastTokenizer.read(fastFile) : null;
        Path vocabularyFile = folder.resolve(VOCABULARY);
        boolean plain = Files.isRegularFile(vocabularyFile);
        if (!plain && fast == null) {
            throw new IOException(folder + ": expected the vocabulary in " + VOCABULARY + " or " + FastTokenizer.FILE
                    + ", found neither");
        }
        return new TokenizerFiles(
                plain ? Vocabulary.load(vocabularyFile) : fast.vocabulary(),
                fast == null || config.has("do_lower_case") ? options : fast.options(),
                maxLength);
    }

    private static void check(JsonFields config, Path file) throws IOException {
        String kind = config.has("tokenizer_class") ? config.text("tokenizer_class") : CLASSES.get(0);
        if (!CLASSES.contains(kind)) {
            throw new IOException(file + ": tokenizer_class must be one of " + CLASSES + ", got " + kind);
        }
        for (Map.Entry<String, String> entry : FIXED) {
            JsonElement value = config.object().get(entry.getKey());
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
}
