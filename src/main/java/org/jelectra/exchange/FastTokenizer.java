package org.jelectra.exchange;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jelectra.io.Json;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;

/** What {@code tokenizer.json}, the file of HuggingFace's fast tokenizers, says of a WordPiece tokenizer. */
final class FastTokenizer {

    /** Name of the file. */
    static final String FILE = "tokenizer.json";

    private static final int MOST_TOKENS = 10_000_000;

    private final Path file;
    private final JsonObject json;

    private FastTokenizer(Path file, JsonObject json) {
        this.file = file;
        this.json = json;
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it is malformed, or describes a tokenizer of another kind
     */
    static FastTokenizer read(Path file) throws IOException {
        FastTokenizer tokenizer = new FastTokenizer(file, Json.read(file));
        JsonObject model = tokenizer.object(tokenizer.json, "model");
        // files of early versions do not name the model
        if (model.has("type")) {
            tokenizer.require(model, "type", "WordPiece");
        }
        tokenizer.require(model, "continuing_subword_prefix", "##");
        tokenizer.require(tokenizer.object(tokenizer.json, "normalizer"), "type", "BertNormalizer");
        tokenizer.require(tokenizer.object(tokenizer.json, "normalizer"), "handle_chinese_chars", "true");
        tokenizer.require(tokenizer.object(tokenizer.json, "pre_tokenizer"), "type", "BertPreTokenizer");
        return tokenizer;
    }

    /** The tokens by id, added ones too. */
    Vocabulary vocabulary() throws IOException {
        JsonObject entries = object(object(json, "model"), "vocab");
        String[] tokens = new String[Math.min(MOST_TOKENS, entries.size())];
        for (Map.Entry<String, JsonElement> entry : entries.entrySet()) {
            long id = number(entry.getValue(), "the id of " + entry.getKey());
            if (id < 0 || id >= tokens.length || tokens[(int) id] != null) {
                throw new IOException(file + ": expected the ids 0 to " + (tokens.length - 1) + ", each once, found "
                        + id + " for \"" + entry.getKey() + "\"");
            }
            tokens[(int) id] = entry.getKey();
        }
        List<String> list = Arrays.asList(tokens);
        JsonElement added = json.get("added_tokens");
        if (added != null && added.isJsonArray()) {
            for (JsonElement token : added.getAsJsonArray()) {
                String content = text(token, "content");
                if (!entries.has(content)) {
                    throw new IOException(file + ": expected every added token in the vocabulary, found \"" + content
                            + "\" outside of it");
                }
            }
        }
        try {
            return Vocabulary.of(list);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** Normalisation of the text. */
    WordPieceOptions options() throws IOException {
        JsonObject normalizer = object(json, "normalizer");
        boolean lowerCase = flag(normalizer, "lowercase", true);
        return new WordPieceOptions(
                lowerCase, flag(normalizer, "strip_accents", lowerCase), WordPieceOptions.DEFAULT_MAX_WORD_LENGTH);
    }

    private boolean flag(JsonObject object, String key, boolean otherwise) throws IOException {
        JsonElement value = object.get(key);
        if (value == null || value.isJsonNull()) {
            return otherwise;
        }
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
            throw new IOException(file + ": " + key + " must be true or false, got " + value);
        }
        return value.getAsBoolean();
    }

    private long number(JsonElement value, String what) throws IOException {
        if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()) {
            double number = value.getAsDouble();
            if (number == Math.rint(number)) {
                return (long) number;
            }
        }
        throw new IOException(file + ": " + what + " must be a whole number, got " + value);
    }

    private String text(JsonElement object, String key) throws IOException {
        JsonElement value = object.isJsonObject() ? object.getAsJsonObject().get(key) : null;
        if (value == null || !value.isJsonPrimitive()) {
            throw new IOException(file + ": expected \"" + key + "\" as a text, found " + value);
        }
        return value.getAsString();
    }

    private JsonObject object(JsonObject parent, String key) throws IOException {
        JsonElement value = parent.get(key);
        if (value == null || !value.isJsonObject()) {
            throw new IOException(file + ": expected an object \"" + key + "\" of a WordPiece tokenizer, found "
                    + (value == null || value.isJsonNull() ? "none" : "another value"));
        }
        return value.getAsJsonObject();
    }

    private void require(JsonObject object, String key, String expected) throws IOException {
        String found = text(object, key);
        if (!found.equals(expected)) {
            throw new IOException(file + ": " + key + " must be " + expected + ", got " + found);
        }
    }
}
