package org.jelectra.electra;

import com.google.gson.JsonObject;
import org.jelectra.nn.EncoderConfig;

/** Sizes of an encoder in a golden file, in the names of HuggingFace's {@code config.json}. */
public final class GoldenConfig {

    private GoldenConfig() {}

    /** Without dropout; how weights begin is not said there, as they are in the file. */
    public static EncoderConfig encoder(JsonObject json) {
        return new EncoderConfig(
                json.get("vocab_size").getAsInt(),
                json.get("embedding_size").getAsInt(),
                json.get("hidden_size").getAsInt(),
                json.get("num_hidden_layers").getAsInt(),
                json.get("num_attention_heads").getAsInt(),
                json.get("intermediate_size").getAsInt(),
                json.get("max_position_embeddings").getAsInt(),
                json.get("type_vocab_size").getAsInt(),
                0,
                0,
                json.get("layer_norm_eps").getAsFloat(),
                0.02f);
    }
}
