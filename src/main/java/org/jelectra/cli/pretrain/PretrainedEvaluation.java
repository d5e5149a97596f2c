package org.jelectra.cli.pretrain;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jelectra.backend.Backend;
import org.jelectra.cli.console.BackendOptions;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.console.ProgressLine;
import org.jelectra.cli.console.Terminal;
import org.jelectra.cli.data.DocumentOptions;
import org.jelectra.cli.data.UnknownWarning;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.Objective;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.inference.InferenceOptions;
import org.jelectra.inference.ModelKind;
import org.jelectra.io.Json;
import org.jelectra.pretrain.Evaluator;
import org.jelectra.pretrain.MetricsJson;
import org.jelectra.pretrain.ModelMetrics;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.RunSoFar;
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
            description = "Measure the first N sequences of the text. Default: all.")
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
        Path network = network(directory, spec);
        try (Backend backend = valid(spec, machine::open)) {
            ElectraModel model = network == null
                    ? ModelFiles.load(backend, directory)
                    : ModelFiles.loadMaskedLanguageModel(backend, network);
            if (!model.config().hasMainNetwork() && temperature != null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--temperature needs a network beside the generator, " + directory + " has none");
            }
            Path folder = network != null
                    ? network
                    : directory.resolve(
                            model.config().hasMainNetwork() ? ElectraModel.DISCRIMINATOR : ElectraModel.GENERATOR);
            TokenizerFiles tokenizer = TokenizerFiles.load(folder, ModelFiles.readConfig(folder));
            PretrainSettings run = run(directory, folder);
            PretrainSettings settings = valid(spec, () -> settings(model.config(), run, tokenizer.maxLength()));
            PackingOptions packing = valid(spec, () -> new PackingOptions(settings.sequenceLength(), 0));
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
            if (settings.model().objective().hasDiscriminator()) {
                boolean everywhere = settings.model().objective() != Objective.ELECTRA_15;
                requireRoom(
                        Math.min(maxSequences, sequences.size()),
                        everywhere ? settings.sequenceLength() : settings.slots(),
                        Runtime.getRuntime().maxMemory());
            }
            ModelMetrics metrics = measure(
                    new Evaluator(model, settings, sequences, tokenizer.vocabulary(), seed), out, console.terminal());
            if (!Double.isFinite(metrics.totalLoss())) {
                throw new IllegalStateException(directory + ": the loss on the text is " + metrics.totalLoss()
                        + "; the model's weights are not usable");
            }
            return show(directory, settings, corpus, sequences, values(metrics), out);
        }
    }

    /**
     * Throws IllegalStateException where the predictions of the discriminator, which its AUC ranks all at once, do not fit into memory.
     *
     * @param predictions of a sequence, at most
     * @param bytes that there are at most
     */
    static void requireRoom(long sequences, int predictions, long bytes) {
        // a number of 8 bytes each, in an array that is doubled where it is full
        long most = Math.min(1 << 30, Long.highestOneBit(bytes / 12));
        if (sequences * predictions > most) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT,
                    "%,d sequences: expected at most %,d, as the %d predictions of each are ranked in memory, of which"
                            + " there are %,d MB; --max-sequences %d measures the first, JELECTRA_JAVA_OPTS=-XmxNg gives more",
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

    /** The folder of the one network that there is, which guesses tokens; null where there are two, or one in generator/. */
    private static Path network(Path directory, CommandSpec spec) throws IOException {
        if (!Files.exists(directory)) {
            throw new NoSuchFileException(directory.toString());
        }
        if (ModelKind.isTask(directory)) {
            throw new ParameterException(
                    spec.commandLine(), directory + " is fine-tuned: expected --task NAME, which says what FILE holds");
        }
        if (Files.isDirectory(directory.resolve(ElectraModel.GENERATOR))) {
            return null;
        }
        ModelKind kind = ModelKind.of(directory);
        if (kind != ModelKind.GENERATOR) {
            throw new IOException(directory + ": expected a discriminator and a generator, or a generator, found "
                    + kind + "; import --generator puts a generator beside it");
        }
        return EncoderFiles.find(directory);
    }

    /** What is told of the training; null where nothing is. */
    private static PretrainSettings run(Path directory, Path folder) throws IOException {
        if (Files.isRegularFile(directory.resolve(RunSoFar.SETTINGS))) {
            return RunSoFar.settings(directory);
        }
        return Files.isRegularFile(folder.resolve(ModelFiles.PRETRAINING))
                ? RunSoFar.read(folder).settings()
                : null;
    }

    private PretrainSettings settings(ElectraConfig model, PretrainSettings run, int longest) {
        // the files of a model do not tell the two apart
        Objective objective =
                run != null && run.model().objective() == Objective.ELECTRA_15 && model.objective() == Objective.ELECTRA
                        ? Objective.ELECTRA_15
                        : model.objective();
        LossOptions losses = run == null ? LossOptions.of(objective) : run.losses();
        MaskingOptions masking = run == null ? MaskingOptions.standard() : run.masking();
        int length = sequenceLength != null ? sequenceLength : run != null ? run.sequenceLength() : longest;
        return new PretrainSettings(
                new ElectraConfig(model.discriminator(), model.generator(), model.sharing(), objective),
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

    /** Those that there are. */
    private static Map<String, Double> values(ModelMetrics metrics) {
        Map<String, Double> values = new LinkedHashMap<>(MetricsJson.values(metrics));
        values.put("generator_perplexity", Math.exp(metrics.generatorLoss()));
        values.values().removeIf(value -> Double.isNaN(value));
        return values;
    }

    private JsonObject show(
            Path directory,
            PretrainSettings settings,
            TokenizedCorpus corpus,
            PackedSequences sequences,
            Map<String, Double> values,
            PrintStream out) {
        LossOptions losses = settings.losses();
        boolean hasMainNetwork = settings.model().hasMainNetwork();
        int measured = Math.min(maxSequences, sequences.size());
        out.printf(
                Locale.ROOT,
                "%,d tokens in %,d sequences of at most %d%s; share to guess %s%s, seed %d%n",
                corpus.size(),
                sequences.size(),
                settings.sequenceLength(),
                measured < sequences.size() ? String.format(Locale.ROOT, ", measured are the first %,d", measured) : "",
                settings.masking().maskProbability(),
                hasMainNetwork ? ", temperature " + losses.temperature() : "",
                seed);
        JsonObject metrics = new JsonObject();
        values.forEach((name, value) -> {
            out.printf(Locale.ROOT, "%-24s %.4f%n", name, value);
            metrics.add(name, Json.number(value));
        });
        JsonObject json = new JsonObject();
        json.addProperty("model", directory.toString());
        json.addProperty("tokens", corpus.size());
        json.addProperty("sequences", sequences.size());
        json.addProperty("measured_sequences", measured);
        json.addProperty("sequence_length", settings.sequenceLength());
        json.add("masking", new Gson().toJsonTree(settings.masking()));
        json.addProperty("objective", settings.model().objective().toString());
        if (hasMainNetwork) {
            json.addProperty("generator_weight", losses.generatorWeight());
            json.addProperty("discriminator_weight", losses.discriminatorWeight());
            json.addProperty("temperature", losses.temperature());
        }
        json.addProperty("seed", seed);
        json.add("values", metrics);
        return json;
    }
}
