package org.jelectra.nn;

/**
 * Sizes of a BERT-style encoder with its embeddings.
 *
 * @param vocabularySize rows V of the word table
 * @param embeddingSize width E of the tables, at most 131072; a projection follows where it differs from the hidden size
 * @param hiddenSize width H of the layers, at most 131072
 * @param layers number of layers, at most 1000
 * @param heads attention heads; must divide the hidden size
 * @param intermediateSize width of the feed-forward layer
 * @param maxPositions rows of the position table: the longest sequence
 * @param tokenTypes rows of the token-type table
 * @param hiddenDropout dropout of embeddings and of each sub-layer's output
 * @param attentionDropout dropout of attention probabilities
 * @param layerNormEpsilon added to variances; positive
 * @param initializerRange deviation of the truncated normal of initial weights; not negative
 */
public record EncoderConfig(
        int vocabularySize,
        int embeddingSize,
        int hiddenSize,
        int layers,
        int heads,
        int intermediateSize,
        int maxPositions,
        int tokenTypes,
        float hiddenDropout,
        float attentionDropout,
        float layerNormEpsilon,
        float initializerRange) {

    /** Several times what was ever published; a slip of the hand beyond it would take minutes to fail. */
    private static final int MOST_LAYERS = 1000;

    private static final int MOST_WIDE = 1 << 17;

    /** @throws IllegalArgumentException if one of them is not as said above */
    public EncoderConfig {
        positive("vocabulary size", vocabularySize);
        // first, as embeddings may be as wide because nothing else was asked for
        positive("hidden size", hiddenSize);
        atMost("hidden size", MOST_WIDE, hiddenSize);
        positive("embedding size", embeddingSize);
        atMost("embedding size", MOST_WIDE, embeddingSize);
        positive("number of layers", layers);
        atMost("number of layers", MOST_LAYERS, layers);
        positive("number of heads", heads);
        positive("feed-forward size", intermediateSize);
        positive("number of positions", maxPositions);
        positive("number of token types", tokenTypes);
        if (hiddenSize % heads != 0) {
            throw new IllegalArgumentException(
                    "the hidden size must be divisible by the number of heads, got " + hiddenSize + " and " + heads);
        }
        probability("dropout", hiddenDropout);
        probability("attention dropout", attentionDropout);
        if (!(layerNormEpsilon > 0 && layerNormEpsilon < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "the epsilon of layer normalisation (layer_norm_eps) must be positive and finite, got "
                            + layerNormEpsilon);
        }
        if (!(initializerRange >= 0 && initializerRange < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "the deviation of initial weights (initializer_range) must be finite and not negative, got "
                            + initializerRange);
        }
    }

    /**
     * A BERT of that size (Devlin et al. 2019): tables as wide as the layers, feed-forward layers four times as wide, two token types,
     * dropout 0.1, epsilon 1e-12, and weights that begin with deviation 0.02.
     */
    public static EncoderConfig of(int vocabularySize, int hiddenSize, int layers, int heads, int maxPositions) {
        return new EncoderConfig(
                vocabularySize,
                hiddenSize,
                hiddenSize,
                layers,
                heads,
                4 * hiddenSize,
                maxPositions,
                2,
                0.1f,
                0.1f,
                1e-12f,
                0.02f);
    }

    private static void positive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("the " + what + " must be positive, got " + value);
        }
    }

    private static void atMost(String what, int most, int value) {
        if (value > most) {
            throw new IllegalArgumentException("the " + what + " must be at most " + most + ", got " + value);
        }
    }

    private static void probability(String what, float value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("the " + what + " must be in [0, 1), got " + value);
        }
    }

    /** The same with that dropout of hidden states and of attention probabilities. */
    public EncoderConfig withDropout(float dropout) {
        return with(layers, dropout, dropout, initializerRange);
    }

    /** The same with so many layers. */
    public EncoderConfig withLayers(int count) {
        return with(count, hiddenDropout, attentionDropout, initializerRange);
    }

    /** The same with that deviation of initial weights: narrow layers want a larger one, about 1/sqrt(H). */
    public EncoderConfig withInitializerRange(float range) {
        return with(layers, hiddenDropout, attentionDropout, range);
    }

    private EncoderConfig with(
            int newLayers, float newHiddenDropout, float newAttentionDropout, float newInitializerRange) {
        return new EncoderConfig(
                vocabularySize,
                embeddingSize,
                hiddenSize,
                newLayers,
                heads,
                intermediateSize,
                maxPositions,
                tokenTypes,
                newHiddenDropout,
                newAttentionDropout,
                layerNormEpsilon,
                newInitializerRange);
    }

    /** Width of one attention head. */
    public int headSize() {
        return hiddenSize / heads;
    }

    /** Whether the embeddings are projected to the hidden size. */
    public boolean projectsEmbeddings() {
        return embeddingSize != hiddenSize;
    }
}
