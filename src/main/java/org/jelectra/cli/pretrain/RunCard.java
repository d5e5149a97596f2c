package org.jelectra.cli.pretrain;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jelectra.cli.console.FlopsText;
import org.jelectra.cli.data.CasingWarning;
import org.jelectra.cli.data.HeldOutWarning;
import org.jelectra.cli.data.ManifestView;
import org.jelectra.cli.data.UnknownWarning;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.flops.PaperFlops;
import org.jelectra.electra.flops.PublishedModels;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.Pretrainer;
import org.jelectra.text.PackedCorpus;
import org.jelectra.text.batch.MaskingOptions;

/** What a run is about to do, on one screen. */
final class RunCard {

    /** Above so many readings of the text a run rather learns it by heart; BERT read its text about 40 times (Devlin et al., 2019). */
    private static final double MANY_EPOCHS = 100;

    private RunCard() {}

    static void print(
            PrintStream out, TrainingText data, RunPlan plan, Pretrainer pretrainer, PretrainSettings settings) {
        PackedCorpus packed = data.packed();
        PackedCorpus.Statistics text = packed.statistics();
        int training = packed.training().size();
        int heldOut = packed.heldOut().size();
        line(
                out,
                "text",
                "%s: %,d documents, %,d tokens; held out: %s",
                data.description(),
                text.documents(),
                text.tokens(),
                heldOut == 0
                        ? "nothing"
                        : String.format(Locale.ROOT, "%,d of %,d sequences", heldOut, (long) heldOut + training));
        line(
                out,
                "tokens",
                "a vocabulary of %,d; %s, accents %s",
                data.vocabulary().size(),
                data.wordPiece().lowerCase() ? "lower case" : "capitals kept",
                data.wordPiece().stripAccents() ? "stripped" : "kept");
        if (data.replaced().count() > 0) {
            line(out, "replaced", "%s", ManifestView.text(data.replaced()));
        }
        line(
                out,
                "model",
                "%s: %s; %,d parameters",
                plan.preset(),
                NetworksText.networks(settings.model()),
                pretrainer.model().parameters().parameterCount());
        line(out, "weights", "%s", NetworksText.parameters(settings.model()));
        if (plan.weights().tellPreset()) {
            line(out, "preset", "%s, by the hidden size of the weights (--preset names another)", plan.preset());
        }
        double epochs = (double) settings.steps() * settings.batchSize() / training;
        line(
                out,
                "training",
                "%,d steps of %,d x %d tokens (%.1f times the text), learning rate %s, warm-up %,.0f steps, seed %d",
                settings.steps(),
                settings.batchSize(),
                settings.sequenceLength(),
                epochs,
                Double.toString(settings.learningRate()),
                settings.warmupSteps(),
                settings.seed());
        String masking = masking(settings.masking());
        if (!masking.isEmpty()) {
            line(out, "masking", "%s", masking);
        }
        double compute = PaperFlops.training(
                settings.model(), settings.batchSize(), settings.sequenceLength(), settings.steps());
        line(
                out,
                "compute",
                "%s training FLOPs by the paper's count, %s times ELECTRA-Small's",
                FlopsText.of(compute, 3),
                FlopsText.times(compute / PublishedModels.ELECTRA_SMALL.trainingFlops()));
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
        line(out, "output", "%s", plan.directory());
        if (settings.warmupSteps() > settings.steps()) {
            line(
                    out,
                    "warning",
                    "the warm-up is longer than the run: the learning rate stays below a quarter of the nominal one");
        }
        if (isLarger(settings.model())) {
            line(
                    out,
                    "warning",
                    "the generator is larger than the discriminator: a quarter to half of its size was best in ELECTRA's"
                            + " paper (--generator-size, --generator-layers)");
        }
        if (epochs > MANY_EPOCHS) {
            line(
                    out,
                    "warning",
                    "the run reads the text %,.0f times and may learn it by heart: see whether the held-out losses still"
                            + " fall; --max-epochs or --max-steps shorten the run",
                    epochs);
        }
        HeldOutWarning.of(packed.training().tokens(), packed.heldOut().tokens())
                .ifPresent(warning -> line(out, "warning", "%s", warning));
        UnknownWarning.of(text.unknownFraction()).ifPresent(warning -> line(out, "warning", "%s", warning));
        CasingWarning.of(data.vocabulary(), data.wordPiece()).ifPresent(warning -> line(out, "warning", "%s", warning));
        out.println();
    }

    private static boolean isLarger(ElectraConfig config) {
        EncoderConfig generator = config.generator();
        EncoderConfig discriminator = config.discriminator();
        return config.hasMainNetwork()
                && (generator.hiddenSize() > discriminator.hiddenSize() || generator.layers() > discriminator.layers());
    }

    /** What is not as usual; empty where all is. */
    private static String masking(MaskingOptions masking) {
        MaskingOptions usual = MaskingOptions.standard(masking.maskProbability());
        List<String> parts = new ArrayList<>();
        if (masking.wholeWords()) {
            parts.add("whole words");
        }
        if (masking.referenceCompatible()) {
            parts.add("positions drawn with replacement");
        }
        if (masking.replaceWithMaskProbability() != usual.replaceWithMaskProbability()
                || masking.replaceWithRandomProbability() != usual.replaceWithRandomProbability()) {
            parts.add("share that becomes [MASK] " + masking.replaceWithMaskProbability() + ", a random token "
                    + masking.replaceWithRandomProbability());
        }
        return String.join(", ", parts);
    }

    private static void line(PrintStream out, String name, String format, Object... values) {
        out.printf(Locale.ROOT, "%-9s %s%n", name, String.format(Locale.ROOT, format, values));
    }
}
