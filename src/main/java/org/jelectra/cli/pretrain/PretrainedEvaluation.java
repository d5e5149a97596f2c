package org.jelectra.cli.pretrain;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jelectra.backend.Backend;
import org.jelectra.cli.console.BackendOptions;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.console.ProgressLine;
import org.jelectra.cli.console.Terminal;
import org.jelectra.cli.data.DocumentOptions;
import org.jelectra.cli.data.UnknownWarning;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.Objective;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.inference.InferenceOptions;
import org.jelectra.inference.ModelKind;
import org.jelectra.pretrain.Evaluator;
import org.jelectra.pretrain.ModelMetrics;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.SequencePacker;
import org.jelectra.text.TokenizedCorpus;
import org.jelectra.text.batch.MaskingOptions;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What {@code jelectra evaluate} does with a pre-trained model: measures it on text as {@code pretrain} does on what it holds out. */
public final class PretrainedEvaluation {

    /** Tokens that are computed at once, as many as where models are used. */
    private static final int TOKENS = InferenceOptions.BATCH * 128;

    @Option(
            names = "--mask-prob",
            paramLabel = "P",
            description =
                    "Share of the tokens that the generator has to guess. Default: as in the training, where MODEL tells"
                            + " of it, whose other options of masking count as well; else 0.15.")
    private Double maskProbability;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description =
                    "Divides the generator's logits when replacements are drawn. Default: as in the training, else 1.")
    private Float temperature;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Another seed masks other tokens. Default: 0, which evaluations of pretrain have.")
    private long seed;

    @Option(
            names = "--sequence-length",
            paramLabel = "N",
            description =
                    "Tokens of a sequence. Default: as in the training, else the longest that the tokenizer names.")
    private Integer sequenceLength;

    @Option(
            names = "--max-sequences",
            paramLabel = "N",
            description = "Measure N sequences, evenly spaced over the text. Default: all.")
    private int maxSequences = Integer.MAX_VALUE;

    @ArgGroup(exclusive = false, validate = false)
    private DocumentOptions reading = new DocumentOptions();

    /**
     * Prints the metrics on all of the text.
     *
     * @return the same, with what they depend on
     * @throws ParameterException for options that do not fit
     */
    public JsonObject run(Path directory, List<Path> files, BackendOptions machine, CommandSpec spec, Console console)
            throws IOException {
        PrintStream out = console.out();
        if (!Files.exists(directory)) {
            throw new NoSuchFileException(directory.toString());
        }
        if (ModelKind.isTask(directory)) {
            throw new ParameterException(
                    spec.commandLine(), directory + " is fine-tuned: expected --task NAME, which says what FILE holds");
        }
        Path generator = PretrainedModel.generatorAlone(directory);
        try (Backend backend = valid(spec, machine::open)) {
            PretrainedModel model = PretrainedModel.load(backend, directory, generator);
            if (temperature != null && !model.objective().hasMainNetwork()) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--temperature needs a network beside the generator, " + directory + " has none");
            }
            PretrainSettings settings = valid(spec, () -> settings(model));
            PackingOptions packing = valid(spec, () -> new PackingOptions(settings.sequenceLength(), 0));
            TokenizerFiles tokenizer = model.tokenizer();
            if (settings.sequenceLength() > tokenizer.trainedLength()) {
                out.println("warning: --sequence-length " + settings.sequenceLength()
                        + ": the model was trained on sequences of " + tokenizer.trainedLength()
                        + " tokens, its positions beyond may not be trained; leave --sequence-length out, or pre-train on"
                        + " longer sequences first (pretrain --init-from)");
            }
            TokenizedCorpus corpus = TokenizedCorpus.tokenize(
                    reading.open(files), tokenizer.vocabulary(), tokenizer.options(), machine.threads());
            UnknownWarning.of((double) corpus.unknownTokens() / corpus.size())
                    .ifPresent(warning -> out.println("warning: " + warning));
            PackedSequences sequences = SequencePacker.pack(corpus, packing, SequencePacker.HELD_OUT_SEED)
                    .training();
            int measured = Math.min(maxSequences, sequences.size());
            if (model.objective().hasDiscriminator()) {
                boolean everywhere = model.objective() != Objective.ELECTRA_15;
                requireRoom(
                        measured,
                        everywhere ? settings.sequenceLength() : settings.slots(),
                        MemoryRoom.ofVirtualMachine());
            }
            ModelMetrics metrics = measure(
                    new Evaluator(model.networks(), settings, sequences, tokenizer.vocabulary(), seed),
                    out,
                    console.terminal());
            if (!Double.isFinite(metrics.totalLoss())) {
                throw new IllegalStateException(directory + ": the loss on the text is " + metrics.totalLoss()
                        + "; the model's weights are not usable");
            }
            PretrainedMetrics shown = new PretrainedMetrics(
                    directory, settings, corpus.size(), sequences.size(), measured, seed, metrics);
            shown.print(out);
            return shown.json();
        }
    }

    /**
     * Throws IllegalStateException where the predictions of the discriminator, which its AUC ranks all at once, do not fit into memory.
     *
     * @param predictions of a sequence, at most
     * @param bytes that there are at most
     */
    static void requireRoom(long sequences, int predictions, long bytes) {
        // a number of 8 bytes each, in an array that is doubled where it is full; as much again for model and text
        long most = Math.min(1 << 30, Long.highestOneBit(bytes / 24));
        if (sequences * predictions > most) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT,
                    "%,d sequences: expected at most %,d, as the %d predictions of each are ranked in memory, of which"
                            + " there are %,d MB; --max-sequences %d measures as many, JELECTRA_JAVA_OPTS=-XmxNg gives more",
                    sequences,
                    most / predictions,
                    predictions,
                    bytes >> 20,
                    most / predictions));
        }
    }

    private static ModelMetrics measure(Evaluator evaluator, PrintStream out, Terminal terminal) {
        int columns = terminal.interactive() ? terminal.columns() : 0;
        ProgressLine progress = new ProgressLine(out, columns, 0, evaluator.batches(), 0);
        try {
            return evaluator.run(progress::step);
        } finally {
            progress.close();
        }
    }

    private static <T> T valid(CommandSpec spec, Supplier<T> options) {
        try {
            return options.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** Those of the training, where they are known and no option says otherwise; nothing is trained. */
    private PretrainSettings settings(PretrainedModel model) {
        if (maxSequences < 1) {
            throw new IllegalArgumentException("--max-sequences must be positive, got " + maxSequences);
        }
        PretrainSettings run = model.run();
        LossOptions losses = run == null ? LossOptions.of(model.objective()) : run.losses();
        MaskingOptions masking = run == null ? MaskingOptions.standard() : run.masking();
        int known = run == null ? model.tokenizer().maxLength() : run.sequenceLength();
        int length = sequenceLength == null ? known : sequenceLength;
        return new PretrainSettings(
                model.config(),
                temperature == null ? losses : losses.withTemperature(temperature),
                maskProbability == null ? masking : masking.withMaskProbability(maskProbability),
                Math.max(1, Math.min(InferenceOptions.BATCH, TOKENS / Math.max(1, length))),
                1,
                length,
                1,
                1,
                0,
                0,
                1,
                1,
                1,
                maxSequences);
    }
}
