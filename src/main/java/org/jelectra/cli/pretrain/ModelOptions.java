package org.jelectra.cli.pretrain;

import java.io.IOException;
import org.jelectra.cli.console.PresetConverter;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.GeneratorTraining;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Preset;
import org.jelectra.electra.Sharing;
import org.jelectra.pretrain.WarmStart;
import picocli.CommandLine.Option;

/** Sizes of the networks: those of a preset or of given weights, and what differs from them. */
public final class ModelOptions {

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            converter = PresetConverter.class,
            completionCandidates = PresetConverter.class,
            description = "tiny, small, small++, base or large: model sizes and training settings."
                    + " ELECTRA-Small-OWT is small, also named small-owt, on OpenWebText. Default: tiny; with weights to begin"
                    + " with, by their hidden size: tiny up to 128, small up to 256, base up to 768, else large.")
    private Preset preset;

    @Option(
            names = "--objective",
            paramLabel = "NAME",
            description = "electra (default); electra-15: the discriminator is judged by the selected positions alone;"
                    + " replace-mlm: in its place a network predicts the original tokens there; all-tokens-mlm: it predicts"
                    + " every token and may copy; mlm: one full-size encoder by masked-language modelling, the BERT"
                    + " baseline.")
    Objective objective = Objective.ELECTRA;

    @Option(
            names = "--hidden-size",
            paramLabel = "N",
            description =
                    "Width of the discriminator's layers. Heads, feed-forward layers and embeddings that are not given"
                            + " follow it, as each of them says.")
    Integer hiddenSize;

    @Option(names = "--layers", paramLabel = "N", description = "Layers of the discriminator.")
    Integer layers;

    @Option(
            names = "--heads",
            paramLabel = "N",
            description =
                    "Attention heads of the discriminator; must divide the hidden size. Default: of 64 values each, the"
                            + " hidden size / 64, at least 1 (tiny: / 32), or the weights'.")
    Integer heads;

    @Option(
            names = "--ffn-size",
            paramLabel = "N",
            description =
                    "Width of the discriminator's feed-forward layers. Default: 4 x the hidden size, or the weights'.")
    Integer feedForwardSize;

    @Option(
            names = "--embedding-size",
            paramLabel = "N",
            description = "Width of the embedding tables. Default: the hidden size; 128 for small and small++; or the"
                    + " weights'.")
    Integer embeddingSize;

    @Option(
            names = "--positions",
            paramLabel = "N",
            description = "Rows of the position table: the longest sequence. Default: 512, or the weights'.")
    Integer positions;

    @Option(
            names = "--dropout",
            paramLabel = "P",
            description = "Dropout of embeddings and layers. Default: the weights', else 0.1; 0 for tiny.")
    Float dropout;

    @Option(
            names = "--attention-dropout",
            paramLabel = "P",
            description = "Dropout of attention. Default: the weights', else 0.1; 0 for tiny.")
    Float attentionDropout;

    @Option(
            names = "--generator-size",
            paramLabel = "FRACTION",
            description =
                    "The generator's width as a fraction of the discriminator's; in the paper 0.25 to 0.5 was best."
                            + " Default: the preset's, rounded to heads of 64 where these would not divide the width of"
                            + " another hidden size; or the weights'.")
    Double generatorSize;

    @Option(
            names = "--generator-layers",
            paramLabel = "FRACTION",
            description = "The generator's depth as a fraction of the discriminator's. Default: 1, or the weights'.")
    Double generatorLayers;

    @Option(
            names = "--sharing",
            paramLabel = "NAME",
            description =
                    "What the networks share: none, embeddings (default) or all. Default with a frozen generator: none.")
    Sharing sharing;

    @Option(
            names = "--generator-training",
            paramLabel = "NAME",
            description =
                    "How the generator learns: mle (default), by masked-language modelling; adversarial, to sample what"
                            + " the discriminator gets wrong; frozen, not at all: with --init-from a run of --objective mlm, whose"
                            + " weights begin both networks, this is the second stage of two-stage training.")
    GeneratorTraining generatorTraining;

    /** Whether the preset is named, and not chosen. */
    boolean namesPreset() {
        return preset != null;
    }

    /**
     * The preset: the one that is named, else the one that the weights' hidden size suggests, else tiny.
     *
     * @param start the weights to begin with; null for random ones
     * @throws IllegalArgumentException if none is named and the weights are those of a generator beside a network to be made
     * @throws IOException if the weights' sizes cannot be read
     */
    public Preset preset(WarmStart start) throws IOException {
        if (preset != null || start == null) {
            return preset == null ? Preset.TINY : preset;
        }
        return Preset.ofHiddenSize(new WeightSizes(this, start).requireKept().hiddenSize());
    }

    /**
     * The sizes: of each network as the options say, else as its weights have, else as the preset. Dropout and the range of initial
     * weights are no sizes, but come from the same places.
     *
     * @param start the weights to begin with; null for random ones
     * @throws IllegalArgumentException for sizes that do not go together, or that the objective has no use for
     * @throws IOException if the weights' sizes cannot be read
     */
    public ElectraConfig config(int vocabularySize, WarmStart start) throws IOException {
        requireUse(objective, "--generator-size", generatorSize);
        requireUse(objective, "--generator-layers", generatorLayers);
        requireUse(objective, "--sharing", sharing);
        requireUse(objective, "--generator-training", generatorTraining);
        boolean frozen = generatorTraining == GeneratorTraining.FROZEN;
        if (frozen && sharing != null && sharing != Sharing.NONE) {
            throw new IllegalArgumentException(
                    "--generator-training frozen needs --sharing none, which is then the default:"
                            + " the discriminator would train what it shares with the generator; got "
                            + sharing);
        }
        if (sharing == Sharing.ALL && (generatorSize != null || generatorLayers != null)) {
            throw new IllegalArgumentException(
                    "--generator-size and --generator-layers need --sharing none or embeddings: with all there is one encoder");
        }
        Sharing shared = sharing != null ? sharing : frozen ? Sharing.NONE : Sharing.EMBEDDINGS;
        return new WeightSizes(this, start).config(preset(start), vocabularySize, shared);
    }

    /**
     * Throws IllegalArgumentException if the generator is to stay as it is, but has no weights to begin with.
     *
     * @param start the weights to begin with; null for random ones
     * @throws IOException if the weights' sizes cannot be read
     */
    void requireWeights(WarmStart start) throws IOException {
        boolean given = start != null && start.sizes(ElectraModel.GENERATOR) != null;
        if (generatorTraining == GeneratorTraining.FROZEN && !given) {
            throw new IllegalArgumentException("--generator-training frozen needs --init-from a run that has trained a"
                    + " generator, such as one of --objective mlm; got "
                    + (start == null ? "no --init-from" : "weights of a discriminator alone"));
        }
    }

    /** Throws IllegalArgumentException if an option of two networks is given, but there is only one. */
    static void requireUse(Objective objective, String option, Object given) {
        if (given != null && !objective.hasMainNetwork()) {
            throw new IllegalArgumentException(
                    option + " needs an objective with a generator, such as --objective electra:"
                            + " mlm trains one encoder alone");
        }
    }
}
