package org.jelectra.exchange;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jelectra.electra.ModelFiles;
import org.jelectra.nn.EncoderConfig;

/**
 * Sizes of a network in a checkpoint of ELECTRA's original code, from the shapes of its tensors. These do not tell the number of
 * heads, and what is not a size (dropout, the constants of LayerNorm and of the initial weights) is always the same in that code.
 *
 * @param config the sizes
 * @param headsGiven whether the number of heads was given, and not the original code's
 */
record OriginalSizes(EncoderConfig config, boolean headsGiven) {

    private static final String LAYER = "electra.encoder.layer.";

    /**
     * Reads the sizes.
     *
     * @param heads number of heads; 0 for what the original code takes
     * @param index what to call the checkpoint in messages
     * @throws IOException if a tensor that tells a size is missing or no matrix, or the sizes are of no possible model
     */
    static OriginalSizes of(OriginalNetwork network, int heads, Path index) throws IOException {
        int hidden = size(network, LAYER + "0.attention.self.query.weight", 0, index);
        long layers = network.names().stream()
                .filter(name -> name.startsWith(LAYER))
                .map(name -> name.substring(LAYER.length()).replaceFirst("\\..*", ""))
                .distinct()
                .count();
        try {
            EncoderConfig config = new EncoderConfig(
                    size(network, ModelFiles.WORDS, 0, index),
                    size(network, ModelFiles.WORDS, 1, index),
                    hidden,
                    Math.toIntExact(layers),
                    heads > 0 ? heads : HeadCounts.bySize(hidden),
                    size(network, LAYER + "0.intermediate.dense.weight", 0, index),
                    size(network, "electra.embeddings.position_embeddings.weight", 0, index),
                    size(network, "electra.embeddings.token_type_embeddings.weight", 0, index),
                    0.1f,
                    0.1f,
                    1e-12f,
                    0.02f);
            return new OriginalSizes(config, heads > 0);
        } catch (IllegalArgumentException e) {
            throw new IOException(index + ": " + network.encoder() + "/: " + e.getMessage(), e);
        }
    }

    private static int size(OriginalNetwork network, String name, int dimension, Path index) throws IOException {
        if (!network.contains(name)) {
            throw new IOException(index + ": expected ELECTRA's " + network.encoder() + "/ with " + name
                    + " (by HuggingFace's names), found no such tensor");
        }
        long[] shape = network.shape(name);
        if (shape.length != 2 || shape[dimension] > Integer.MAX_VALUE) {
            throw new IOException(index + ": " + name + " must be a matrix, got " + Arrays.toString(shape));
        }
        return (int) shape[dimension];
    }

    /** Says which number of heads was taken, and why. */
    String headsNote(String option) {
        return "attention heads: " + config.heads() + ", "
                + (headsGiven
                        ? "as " + option + " says"
                        : "one for each 64 of the hidden size, " + config.hiddenSize()
                                + ", as the original code has it; a checkpoint does not say, " + option
                                + " sets another");
    }
}
