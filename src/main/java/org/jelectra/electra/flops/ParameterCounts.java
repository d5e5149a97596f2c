package org.jelectra.electra.flops;

import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Sharing;
import org.jelectra.nn.EncoderConfig;

/** Numbers of weights, from the sizes alone. */
public final class ParameterCounts {

    private ParameterCounts() {}

    /** The network that is kept, with its head; without the copy gate of all-tokens MLM, which only training needs. */
    public static long kept(ElectraConfig config) {
        EncoderConfig encoder = config.hasMainNetwork() ? config.discriminator() : config.generator();
        boolean discriminates = config.objective().hasDiscriminator();
        return embeddings(encoder)
                + layers(encoder)
                + (discriminates ? replacedTokenHead(encoder) : maskedTokenHead(encoder));
    }

    /**
     * All that is trained, by part.
     *
     * @param embeddings of the network that is kept
     * @param generator what the generator does not share with the main network: of a frozen one nothing, as it is not trained, of an
     *     adversarial one its baseline too; 0 where it is the only network
     * @param network layers and head of the network that is kept; with all-tokens MLM its copy gate
     * @param head what of the latter a fine-tuned model has not: it has a head of its own
     */
    public record Parts(long embeddings, long generator, long network, long head) {

        /** What a fine-tuned model keeps. */
        public long encoder() {
            return embeddings + network - head;
        }

        /** All together. */
        public long sum() {
            return embeddings + generator + network;
        }
    }

    /** All that is trained, by part. */
    public static Parts parts(ElectraConfig config) {
        EncoderConfig encoder = config.hasMainNetwork() ? config.discriminator() : config.generator();
        long embeddings = embeddings(encoder);
        boolean copies = config.objective() == Objective.ALL_TOKENS_MLM;
        long network = kept(config) - embeddings + (copies ? dense(encoder.hiddenSize(), 1) : 0);
        long generator = !config.hasMainNetwork()
                ? 0
                : switch (config.generatorTraining()) {
                    case MLE -> ownOfGenerator(config);
                    case ADVERSARIAL ->
                        ownOfGenerator(config) + dense(config.generator().hiddenSize(), 1);
                    case FROZEN -> 0;
                };
        return new Parts(embeddings, generator, network, network - layers(encoder));
    }

    /** All that is trained, what the networks share once. */
    public static long trained(ElectraConfig config) {
        return parts(config).sum();
    }

    /** What it does not share with the main network. */
    private static long ownOfGenerator(ElectraConfig config) {
        long generator = maskedTokenHead(config.generator());
        if (config.sharing() != Sharing.ALL) {
            generator += layers(config.generator());
        }
        if (config.sharing() == Sharing.NONE) {
            generator += embeddings(config.generator());
        }
        return generator;
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
    private static long maskedTokenHead(EncoderConfig config) {
        return dense(config.hiddenSize(), config.embeddingSize())
                + norm(config.embeddingSize())
                + config.vocabularySize();
    }

    private static long replacedTokenHead(EncoderConfig config) {
        return dense(config.hiddenSize(), config.hiddenSize()) + dense(config.hiddenSize(), 1);
    }

    private static long dense(long in, long out) {
        return in * out + out;
    }

    private static long norm(long width) {
        return 2 * width;
    }
}
