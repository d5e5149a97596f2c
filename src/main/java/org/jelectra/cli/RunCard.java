package org.jelectra.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.Pretrainer;
import org.jelectra.text.PackedCorpus;

/** What a run is about to do, on one screen. */
final class RunCard {

    /** Above this share of unknown words something is wrong with vocabulary or casing. */
    private static final double MANY_UNKNOWN = 0.05;

    private RunCard() {}

    static void print(
            PrintStream out,
            String data,
            String preset,
            PackedCorpus packed,
            Pretrainer pretrainer,
            PretrainSettings settings,
            Path directory) {
        PackedCorpus.Statistics text = packed.statistics();
        line(
                out,
                "text",
                "%s: %,d documents, %,d tokens; held out: %s",
                data,
                text.documents(),
                text.tokens(),
                text.heldOutSequences() == 0
                        ? "nothing"
                        : String.format(
                                Locale.ROOT,
                                "%,d of %,d sequences",
                                text.heldOutSequences(),
                                text.heldOutSequences() + text.trainingSequences()));
        line(
                out,
                "model",
                "%s: %s; %,d parameters",
                preset,
                networks(settings.model()),
                pretrainer.model().parameters().parameterCount());
        line(
                out,
                "training",
                "%,d steps of %,d x %d tokens (%.1f times the text), learning rate %s, warm-up %,.0f steps, seed %d",
                settings.steps(),
                settings.batchSize(),
                settings.sequenceLength(),
                (double) settings.steps() * settings.batchSize() / text.trainingSequences(),
                Double.toString(settings.learningRate()),
                settings.warmupSteps(),
                settings.seed());
        // values, gradients and the optimiser's two moments
        double parameters = 4.0 * 4 * pretrainer.model().parameters().parameterCount();
        double activations =
                pretrainer.trainingStep().graph().program().memory().bytes();
        line(
                out,
                "memory",
                "%.0f MB parameters and optimiser, %.0f MB activations",
                parameters / 1e6,
                activations / 1e6);
        var backend = pretrainer.model().backend();
        line(out, "backend", "%s: %s", backend.name(), backend.description());
        line(out, "output", "%s", directory);
        if (settings.warmupSteps() > settings.steps()) {
            line(out, "warning", "the warm-up is longer than the run: the learning rate never reaches its peak");
        }
        HeldOutWarning.of(packed.training().tokens(), packed.heldOut().tokens())
                .ifPresent(warning -> line(out, "warning", "%s", warning));
        if (text.unknownFraction() > MANY_UNKNOWN) {
            line(
                    out,
                    "warning",
                    "%.0f %% of the tokens are [UNK]: vocabulary or casing does not fit the text",
                    100 * text.unknownFraction());
        }
        out.println();
    }

    private static String networks(ElectraConfig config) {
        if (!config.hasMainNetwork()) {
            return "one encoder of " + sizes(config.generator()) + ", masked-language modelling alone";
        }
        String shared = switch (config.sharing()) {
            case NONE -> "nothing shared";
            case EMBEDDINGS -> "embeddings shared";
            case ALL -> "all shared";
        };
        String training = switch (config.generatorTraining()) {
            case MLE -> "";
            case ADVERSARIAL -> " trained against it";
            case FROZEN -> " (frozen)";
        };
        return "discriminator of " + sizes(config.discriminator()) + ", generator of " + sizes(config.generator())
                + training + ", " + shared;
    }

    private static String sizes(EncoderConfig config) {
        return config.layers() + " layers x " + config.hiddenSize();
    }

    private static void line(PrintStream out, String name, String format, Object... values) {
        out.printf(Locale.ROOT, "%-9s %s%n", name, String.format(Locale.ROOT, format, values));
    }
}
