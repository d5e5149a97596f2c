package org.jelectra.electra;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Refuses the entries of HuggingFace's {@code config.json} that ask for another computation than this library's. Entries that only
 * matter elsewhere, such as caches for generation, are passed over.
 */
final class ConfigLimits {

    /** Begins the model type of encoders with a head that only this library has: other programs then refuse them. */
    private static final String OWN = "jelectra-";

    private ConfigLimits() {}

    /**
     * Checks a configuration; what is missing has HuggingFace's default, which is what this library computes.
     *
     * @throws IOException naming the first entry that cannot be represented, with the value expected and the one found
     */
    static void check(JsonObject json, Path file) throws IOException {
        JsonElement type = json.get("model_type");
        if (type == null || !type.isJsonPrimitive() || !type.getAsString().startsWith(OWN)) {
            require(json, "model_type", new JsonPrimitive("electra"), file);
        }
        require(json, "hidden_act", new JsonPrimitive("gelu"), file);
        require(json, "position_embedding_type", new JsonPrimitive("absolute"), file);
        require(json, "summary_activation", new JsonPrimitive("gelu"), file);
        require(json, "summary_type", new JsonPrimitive("first"), file);
        require(json, "is_decoder", new JsonPrimitive(false), file);
        require(json, "add_cross_attention", new JsonPrimitive(false), file);
        JsonElement pruned = json.get("pruned_heads");
        boolean none = pruned == null
                || pruned.isJsonNull()
                || pruned.isJsonObject() && pruned.getAsJsonObject().isEmpty();
        if (!none) {
            throw new IOException(file + ": pruned_heads must be empty, got " + pruned);
        }
    }

    private static void require(JsonObject json, String key, JsonPrimitive expected, Path file) throws IOException {
        JsonElement value = json.get(key);
        if (value != null && !value.isJsonNull() && !value.equals(expected)) {
            // a text that reads like the value is told from it by its quotes
            boolean sameKind =
                    value.isJsonPrimitive() && value.getAsJsonPrimitive().isString() == expected.isString();
            String found = sameKind ? value.getAsString() : value.toString();
            throw new IOException(file + ": " + key + " must be " + expected.getAsString() + ", got " + found);
        }
    }
}
