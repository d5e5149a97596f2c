package org.jelectra.cli;

import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Preset;
import org.jelectra.electra.Sharing;
import org.jelectra.nn.EncoderConfig;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Sizes of the networks: a preset, and what differs from it. */
final class ModelOptions {

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            converter = PresetConverter.class,
            description = "tiny (default), small, small++, base or large: model sizes and training settings.")
    private Preset preset = Preset.TINY;

    @Option(
            names = "--objective",
            paramLabel = "NAME",
            description =
                    "electra (default), or mlm: one full-size encoder by masked-language modelling, the BERT baseline.")
    private Objective objective = Objective.ELECTRA;

    @Option(names = "--hidden-size", paramLabel = "N", description = "Width of the discriminator's layers.")
    private Integer hiddenSize;

    @Option(names = "--layers", paramLabel = "N", description = "Layers of the discriminator.")
    private Integer layers;

    @Option(
            names = "--heads",
            paramLabel = "N",
            description = "Attention heads of the discriminator; must divide the hidden size.")
    private Integer heads;

    @Option(
            names = "--ffn-size",
            paramLabel = "N",
            description = "Width of the discriminator's feed-forward layers. Default: 4 x the hidden size.")
    private Integer feedForwardSize;

    @Option(names = "--embedding-size", paramLabel = "N", description = "Width of the embedding tables.")
    private Integer embeddingSize;

    @Option(
            names = "--positions",
            paramLabel = "N",
            description = "Rows of the position table: the longest sequence. Default: 512.")
    private Integer positions;

    @Option(
            names = "--dropout",
            paramLabel = "P",
            description = "Dropout of embeddings and layers. Default: 0.1; 0 for tiny.")
    private Float dropout;

    @Option(
            names = "--attention-dropout",
            paramLabel = "P",
            description = "Dropout of attention. Default: 0.1; 0 for tiny.")
    private Float attentionDropout;

    @Option(
            names = "--generator-size",
            paramLabel = "FRACTION",
            description = "The generator's width as a fraction of the discriminator's.")
    private Double generatorSize;

    @Option(
            names = "--generator-layers",
            paramLabel = "FRACTION",
            description = "The generator's depth as a fraction of the discriminator's. Default: 1.")
    private Double generatorLayers;

    @Option(
            names = "--sharing",
            paramLabel = "NAME",
            description = "What the networks share: none, embeddings (default) or all.")
    private Sharing sharing;

    /** Names of the presets on the command line. */
    static final class PresetConverter implements CommandLine.ITypeConverter<Preset> {
        @Override
        public Preset convert(String name) {
            try {
                return Preset.named(name);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(e.getMessage());
            }
        }
    }

    Preset preset() {
        return preset;
    }

    /** Throws IllegalArgumentException for sizes that do not go together, or that the objective has no use for. */
    ElectraConfig config(int vocabularySize) {
        requireUse(objective, "--generator-size", generatorSize);
        requireUse(objective, "--generator-layers", generatorLayers);
        requireUse(objective, "--sharing", sharing);
        if (sharing == Sharing.ALL && (generatorSize != null || generatorLayers != null)) {
            throw new IllegalArgumentException(
                    "--generator-size and --generator-layers need --sharing none or embeddings: with all there is one encoder");
        }
        EncoderConfig base = preset.encoder(vocabularySize);
        int hidden = or(hiddenSize, base.hiddenSize());
        EncoderConfig encoder = new EncoderConfig(
                vocabularySize,
                or(embeddingSize, base.embeddingSize()),
                hidden,
                or(layers, base.layers()),
                or(heads, base.heads()),
                or(feedForwardSize, 4 * hidden),
                or(positions, base.maxPositions()),
                base.tokenTypes(),
                dropout == null ? base.hiddenDropout() : dropout,
                attentionDropout == null ? base.attentionDropout() : attentionDropout,
                base.layerNormEpsilon(),
                base.initializerRange());
        double fraction = generatorSize == null ? preset.generatorSize() : generatorSize;
        return ElectraConfig.of(
                encoder,
                fraction,
                generatorLayers == null ? 1 : generatorLayers,
                sharing == null ? Sharing.EMBEDDINGS : sharing,
                objective);
    }

    /** Throws IllegalArgumentException if an option of two networks is given, but there is only one. */
    static void requireUse(Objective objective, String option, Object given) {
        if (given != null && objective == Objective.MLM) {
            throw new IllegalArgumentException(option + " needs --objective electra: mlm trains one encoder alone");
        }
    }

    private static int or(Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }
}
