package org.jelectra.electra.flops;

import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.Sharing;
import org.jelectra.nn.EncoderConfig;

/** Numbers of weights, from the sizes alone. */
public final class ParameterCounts {

    private ParameterCounts() {}

    /** The network that is kept, with its head. */
    public static long kept(ElectraConfig config) {
        return config.hasDiscriminator()
                ? embeddings(config.discriminator()) + layers(config.discriminator()) + replacedTokenHead(config)
                : embeddings(config.generator()) + layers(config.generator()) + maskedTokenHead(config);
    }

    /** All that is trained, what the networks share once. */
    public static long trained(ElectraConfig config) {
        if (!config.hasDiscriminator()) {
            return kept(config);
        }
        long generator = maskedTokenHead(config);
        if (config.sharing() != Sharing.ALL) {
            generator += layers(config.generator());
        }
        if (config.sharing() == Sharing.NONE) {
            generator += embeddings(config.generator());
        }
        return kept(config) + generator;
    }

    private static long embeddings(EncoderConfig config) {
        long rows = (long) config.vocabularySize() + config.maxPositions() + config.tokenTypes();
        return config.embeddingSize() * rows + norm(config.embeddingSize());
    }

    /** The layers, and the projection before them where there is one. */
    private static long layers(EncoderConfig config) {
        int hidden = config.hiddenSize();
        int intermediate = config.intermediateSize();
        long attention = 4 * dense(hidden, hidden) + norm(hidden);
        long feedForward = dense(hidden, intermediate) + dense(intermediate, hidden) + norm(hidden);
        long projection = config.projectsEmbeddings() ? dense(config.embeddingSize(), hidden) : 0;
        return config.layers() * (attention + feedForward) + projection;
    }

    /** Its output matrix is the word table. */
    private static long maskedTokenHead(ElectraConfig config) {
        EncoderConfig generator = config.generator();
        return dense(generator.hiddenSize(), generator.embeddingSize())
                + norm(generator.embeddingSize())
                + generator.vocabularySize();
    }

    private static long replacedTokenHead(ElectraConfig config) {
        int hidden = config.discriminator().hiddenSize();
        return dense(hidden, hidden) + dense(hidden, 1);
    }

    private static long dense(long in, long out) {
        return in * out + out;
    }

    private static long norm(long width) {
        return 2 * width;
    }
}
