package org.jelectra.cli.pretrain;

import java.io.IOException;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.GeneratorTraining;
import org.jelectra.electra.Preset;
import org.jelectra.electra.Sharing;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.pretrain.WarmStart;

/** The sizes of networks that begin with given weights, or with none: of the options, else of the weights, else of a preset. */
final class WeightSizes {

    private final ModelOptions asked;
    /** Null where there are no such weights. */
    private final EncoderConfig discriminator;

    private final EncoderConfig generator;

    /**
     * @param start the weights; null for none
     * @throws IOException if their sizes cannot be read
     */
    WeightSizes(ModelOptions asked, WarmStart start) throws IOException {
        this.asked = asked;
        this.discriminator = start == null ? null : start.sizes(ElectraModel.DISCRIMINATOR);
        this.generator = start == null ? null : start.sizes(ElectraModel.GENERATOR);
    }

    /** The weights' discriminator, or the one encoder that they begin; null where they have only what stands beside it. */
    private EncoderConfig kept() {
        // what one generator's weights begin, as in two-stage training, has its sizes
        boolean both = asked.sharing == Sharing.ALL || asked.generatorTraining == GeneratorTraining.FROZEN;
        return !asked.objective.hasMainNetwork() || discriminator == null && both ? generator : discriminator;
    }

    /** The same; throws IllegalArgumentException where it is null. */
    EncoderConfig requireKept() {
        EncoderConfig kept = kept();
        if (kept == null) {
            throw new IllegalArgumentException(
                    asked.objective.hasMainNetwork()
                            ? "--init-from has a generator alone, which does not tell the discriminator's sizes: expected"
                                    + " --preset beside it, got none"
                            : "--init-from has a discriminator alone: expected a generator, which --objective mlm trains");
        }
        return kept;
    }

    ElectraConfig config(Preset preset, int vocabularySize, Sharing shared) {
        boolean oneEncoder = shared == Sharing.ALL || !asked.objective.hasMainNetwork();
        GeneratorTraining training = asked.generatorTraining == null ? GeneratorTraining.MLE : asked.generatorTraining;
        EncoderConfig encoder = encoder(preset.encoder(vocabularySize), shared);
        if (generator != null && !oneEncoder && asked.generatorSize == null && asked.generatorLayers == null) {
            EncoderConfig sized = shared == Sharing.NONE
                    ? generator(generator.embeddingSize(), or(asked.positions, generator.maxPositions()), encoder)
                    : generator(encoder.embeddingSize(), encoder.maxPositions(), encoder);
            return new ElectraConfig(encoder, sized, shared, asked.objective, training);
        }
        return ElectraConfig.of(
                        encoder,
                        asked.generatorSize == null ? generatorSize(preset, encoder.hiddenSize()) : asked.generatorSize,
                        asked.generatorLayers == null ? 1 : asked.generatorLayers,
                        shared,
                        asked.objective)
                .withGeneratorTraining(training);
    }

    /** The discriminator, or the one encoder that there is. */
    private EncoderConfig encoder(EncoderConfig preset, Sharing shared) {
        EncoderConfig base = kept() == null ? preset : kept();
        // a generator alone decides on embeddings that networks share
        EncoderConfig tables = base == preset && generator != null && shared != Sharing.NONE ? generator : base;
        int hidden = or(asked.hiddenSize, base.hiddenSize());
        return new EncoderConfig(
                preset.vocabularySize(),
                or(asked.embeddingSize, embeddingSize(tables, preset, hidden)),
                hidden,
                or(asked.layers, base.layers()),
                asked.heads == null ? heads(base, hidden) : asked.heads,
                or(asked.feedForwardSize, hidden == base.hiddenSize() ? base.intermediateSize() : 4 * hidden),
                or(asked.positions, tables.maxPositions()),
                tables.tokenTypes(),
                asked.dropout == null ? tables.hiddenDropout() : asked.dropout,
                asked.attentionDropout == null ? tables.attentionDropout() : asked.attentionDropout,
                tables.layerNormEpsilon(),
                tables.initializerRange());
    }

    /** As many heads as keep their width, as in the original code: 64 values each, 32 in preset tiny. */
    private static int heads(EncoderConfig base, int hidden) {
        int width = base.headSize();
        int heads = hidden == base.hiddenSize() ? base.heads() : Math.max(1, hidden / width);
        if (hidden % heads != 0) {
            throw new IllegalArgumentException(
                    "--hidden-size " + hidden + " cannot be divided among " + heads + " heads of about " + width
                            + " values; expected a multiple of " + heads + ", or --heads beside it");
        }
        return heads;
    }

    /**
     * Those of given weights are as they are. A preset's tables as wide as its layers follow these, as the original code has it, where
     * only those of small are 128 wide whatever the layers are.
     */
    private static int embeddingSize(EncoderConfig tables, EncoderConfig preset, int hidden) {
        boolean follow = tables == preset && preset.embeddingSize() == preset.hiddenSize();
        return follow ? hidden : tables.embeddingSize();
    }

    /** The preset's fraction; where a generator's heads do not divide its width, the next that is whole ones of 64 values. */
    private static double generatorSize(Preset preset, int hidden) {
        int width = (int) Math.rint(hidden * preset.generatorSize());
        boolean divides = width % ElectraConfig.generatorHeads(width) == 0;
        return divides ? preset.generatorSize() : 64 * Math.rint(width / 64.0) / hidden;
    }

    /** The sizes of the generator's weights, with all that is no size as the run's discriminator has it. */
    private EncoderConfig generator(int embeddingSize, int positions, EncoderConfig run) {
        return new EncoderConfig(
                run.vocabularySize(),
                embeddingSize,
                generator.hiddenSize(),
                generator.layers(),
                generator.heads(),
                generator.intermediateSize(),
                positions,
                generator.tokenTypes(),
                run.hiddenDropout(),
                run.attentionDropout(),
                generator.layerNormEpsilon(),
                run.initializerRange());
    }

    private static int or(Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }
}
