package org.jelectra.electra;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.jelectra.io.Json;

/**
 * Tokens that HuggingFace's tokenizers look for in a text before they divide it, such as {@code [E1]} before an entity. The tokenizer
 * here would divide all but the five that every vocabulary has, and the model would read something else than it was trained on.
 */
final class AddedTokens {

    private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    private static final String SPECIAL_MAP = "special_tokens_map.json";
    private static final String OF_SLOW_TOKENIZERS = "added_tokens.json";
    private static final List<String> KEYS =
            List.of("additional_special_tokens", "extra_special_tokens", "added_tokens_decoder");

    private AddedTokens() {}

    /** Checks the two files of a model's folder that have nothing but special and added tokens. */
    static void requireNone(Path folder) throws IOException {
        Path map = folder.resolve(SPECIAL_MAP);
        if (Files.isRegularFile(map)) {
            JsonObject json = Json.read(map);
            requireNone(json, map);
            for (String key : json.keySet()) {
                if (key.endsWith("_token") && !json.get(key).isJsonNull()) {
                    requireSpecial(content(json.get(key)), map, key);
                }
            }
        }
        Path added = folder.resolve(OF_SLOW_TOKENIZERS);
        if (Files.isRegularFile(added)) {
            for (String token : Json.read(added).keySet()) {
                requireSpecial(token, added, "tokens");
            }
        }
    }

    /**
     * Checks the entries of a configuration.
     *
     * @throws IOException if one names another token than the five
     */
    static void requireNone(JsonObject json, Path file) throws IOException {
        for (String key : KEYS) {
            JsonElement value = json.get(key);
            Collection<JsonElement> tokens = value == null
                    ? List.of()
                    : value.isJsonArray()
                            ? value.getAsJsonArray().asList()
                            : value.isJsonObject()
                                    ? value.getAsJsonObject().asMap().values()
                                    : List.of();
            for (JsonElement token : tokens) {
                requireSpecial(content(token), file, key);
            }
        }
    }

    /** Throws IOException for another token than the five; {@code key} is where the file has it. */
    static void requireSpecial(String token, Path file, String key) throws IOException {
        if (!SPECIAL.contains(token)) {
            throw new IOException(file + ": " + key + ": expected none but " + String.join(", ", SPECIAL) + ", found "
                    + token + ", which HuggingFace's tokenizers keep whole and this library divides; where no"
                    + " text has it, delete the entry here and in the tokenizer's other files");
        }
    }

    /** A token, which may come with its properties. */
    static String content(JsonElement token) {
        JsonElement value = token.isJsonObject() ? token.getAsJsonObject().get("content") : token;
        return value != null && value.isJsonPrimitive() ? value.getAsString() : String.valueOf(value);
    }
}
