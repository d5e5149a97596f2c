package org.jelectra.cli.finetune;

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
final class PretrainedEvaluation {

    /** All of these options. */
    static final String[] NAMES = {
        "--mask-prob", "--temperature", "--seed", "--sequence-length", "--text-field", "--invalid-utf8", "--blank-lines"
    };

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

    @ArgGroup(exclusive = false, validate = false)
    private DocumentOptions reading = new DocumentOptions();

    /**
     * Prints the metrics on all of the text.
     *
     * @return the same, with what they depend on
     * @throws ParameterException for options that do not fit
     */
    JsonObject run(Path directory, List<Path> files, BackendOptions machine, CommandSpec spec, PrintStream out)
            throws IOException {
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
            TokenizedCorpus corpus = TokenizedCorpus.tokenize(
                    reading.open(files), tokenizer.vocabulary(), tokenizer.options(), machine.threads());
            UnknownWarning.of((double) corpus.unknownTokens() / corpus.size())
                    .ifPresent(warning -> out.println("warning: " + warning));
            PackedSequences sequences = SequencePacker.pack(corpus, packing, SequencePacker.HELD_OUT_SEED)
                    .training();
            ModelMetrics metrics = new Evaluator(model, settings, sequences, tokenizer.vocabulary(), seed).run();
            if (!Double.isFinite(metrics.totalLoss())) {
                throw new IllegalStateException(directory + ": the loss on the text is " + metrics.totalLoss()
                        + "; the model's weights are not usable");
            }
            return show(directory, settings, corpus, sequences, values(metrics), out);
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
                Integer.MAX_VALUE);
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
        double share = settings.masking().maskProbability();
        float divisor = settings.losses().temperature();
        out.printf(
                Locale.ROOT,
                "%,d tokens in %,d sequences of at most %d; share to guess %s, temperature %s, seed %d%n",
                corpus.size(),
                sequences.size(),
                settings.sequenceLength(),
                share,
                divisor,
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
        json.addProperty("sequence_length", settings.sequenceLength());
        json.add("masking", new Gson().toJsonTree(settings.masking()));
        json.addProperty("temperature", divisor);
        json.addProperty("seed", seed);
        json.add("values", metrics);
        return json;
    }
}
