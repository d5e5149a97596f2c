package org.jelectra.cli.data;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jelectra.backend.Backend;
import org.jelectra.cli.console.BackendOptions;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.console.TokenView;
import org.jelectra.cli.console.UnusedOptions;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.NetworkFolder;
import org.jelectra.electra.NonFiniteWeights;
import org.jelectra.electra.Sampler;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.pretrain.Predictor;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.batch.Batch;
import org.jelectra.text.batch.BatchFiller;
import org.jelectra.text.batch.BatchOptions;
import org.jelectra.text.batch.BatchSource;
import org.jelectra.text.batch.EvaluationBatches;
import org.jelectra.text.batch.MaskingOptions;
import org.jelectra.text.shards.Part;
import org.jelectra.text.shards.ShardHeader;
import org.jelectra.text.shards.ShardManifest;
import org.jelectra.text.shards.ShardedCorpus;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra inspect}: what is in prepared data, and what training makes of it. */
@Command(
        name = "inspect",
        sortOptions = false,
        description = {
            "Checks prepared data, prints its statistics, and shows rows of a training batch with their masks.",
            "[MASK:word] is hidden from the generator, [keep:word] has to be guessed in plain sight,"
                    + " [word->other] was replaced at random."
        })
public final class InspectCommand implements Callable<Integer> {

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @CommandLine.Parameters(
            paramLabel = "DIR|FILE",
            description =
                    "A directory made by prepare, its manifest, or one of its shards, of whose part the examples then are.")
    private Path path;

    @Option(names = "--examples", paramLabel = "N", description = "Rows to show. Default: 3.")
    private int examples = 3;

    @Option(
            names = "--step",
            paramLabel = "N",
            description =
                    "Show the batch of this step, from 0, as a training run of the same seed sees it. Default: 0.")
    private long step;

    @Option(names = "--batch", paramLabel = "N", description = "Batch size of that run; --step above 0 needs it.")
    private Integer batchSize;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of that run. Default: 1.")
    private long seed = 1;

    @Option(names = "--held-out", description = "Show held-out sequences, with the masks that evaluations have.")
    private boolean heldOut;

    @Option(
            names = "--mask-prob",
            paramLabel = "P",
            description =
                    "Share of the tokens to guess. Default: 0.15, as of presets small and base; tiny and large have 0.25.")
    private double maskProbability = 0.15;

    @Mixin
    private ReplacementOptions replacement = new ReplacementOptions();

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "A run whose generator replaces the masks, and whose discriminator judges every token.")
    private Path model;

    @Mixin
    private BackendOptions backendOptions = new BackendOptions();

    @Override
    public Integer call() throws IOException {
        if (model == null) {
            UnusedOptions.refuse(spec, "--model", "--backend", "--threads", "--precision");
        }
        MaskingOptions masking;
        try {
            masking = replacement.masking(maskProbability);
            if (examples < 0 || step < 0) {
                throw new IllegalArgumentException(
                        "--examples and --step must not be negative, got " + examples + " and " + step);
            }
            if (batchSize != null && batchSize < Math.max(1, examples)) {
                throw new IllegalArgumentException(
                        "--batch must be at least 1 and hold the --examples, got " + batchSize + " and " + examples);
            }
            if (step > 0 && batchSize == null) {
                throw new IllegalArgumentException("--step needs the run's --batch, without which the batches before it"
                        + " are not known, got --step " + step);
            }
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        Path directory = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
        Part part = heldOut ? Part.HELD_OUT : Part.TRAINING;
        if (!Files.isDirectory(path) && !path.endsWith(ShardManifest.FILE_NAME)) {
            ShardHeader header = ShardHeader.read(path);
            part = header.part();
            print(header);
        }
        ShardedCorpus corpus = ShardedCorpus.open(directory, ShardedCorpus.Check.CHECKSUMS);
        requireCountable(corpus.manifest().sequenceLength());
        ManifestView.print(console.out(), corpus.manifest());
        console.out().println("all checksums are right");
        if (model != null) {
            requireFiniteWeights();
        }
        if (examples > 0 && corpus.part(part).size() > 0) {
            show(corpus, part, masking);
        }
        return 0;
    }

    private int batchSize() {
        return batchSize == null ? examples : batchSize;
    }

    private void requireCountable(int sequenceLength) {
        long tokens = (long) batchSize() * sequenceLength;
        if (tokens > PretrainSettings.MOST_TOKENS) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "a batch (--batch, or else --examples) must have at most " + PretrainSettings.MOST_TOKENS
                            + " tokens, got " + tokens + ", " + batchSize() + " sequences of " + sequenceLength
                            + "; at most "
                            + PretrainSettings.MOST_TOKENS / sequenceLength + " such sequences fit");
        }
    }

    /** Names the tensors whose values are no numbers; what a model with such makes of a text is no number either. */
    private void requireFiniteWeights() throws IOException {
        List<NonFiniteWeights> broken = NonFiniteWeights.find(NetworkFolder.find(List.of(model)));
        for (NonFiniteWeights weights : broken) {
            console.out()
                    .printf(
                            Locale.ROOT,
                            "%s: %s: %,d NaN and %,d infinite of %,d values%n",
                            weights.file(),
                            weights.tensor(),
                            weights.nans(),
                            weights.infinities(),
                            weights.values());
        }
        if (!broken.isEmpty()) {
            throw new IOException(model + ": expected finite weights, found NaN or infinite values in " + broken.size()
                    + (broken.size() == 1 ? " tensor" : " tensors") + "; the model is not usable");
        }
    }

    private void print(ShardHeader header) {
        console.out()
                .printf(
                        Locale.ROOT,
                        "shard     %s, number %d: %,d sequences of %d ids of %d bytes, %,d tokens in %,d segments%n",
                        header.part().label(),
                        header.number(),
                        header.sequences(),
                        header.sequenceLength(),
                        header.bytesPerId(),
                        header.tokens(),
                        header.segments());
    }

    private void show(ShardedCorpus corpus, Part part, MaskingOptions masking) throws IOException {
        PackedSequences sequences = corpus.part(part);
        BatchOptions options = new BatchOptions(batchSize(), sequences.sequenceLength());
        BatchFiller filler = part == Part.TRAINING
                ? new BatchSource(sequences, options, masking, corpus.vocabulary(), seed)
                : new EvaluationBatches(sequences, options, masking, corpus.vocabulary());
        Batch batch = filler.newBatch();
        filler.fill(part == Part.TRAINING ? step : Math.min(step, (sequences.size() - 1) / options.batchSize()), batch);
        int rows = Math.min(examples, Math.min(batch.batchSize(), sequences.size()));
        if (model == null) {
            for (int row = 0; row < rows; row++) {
                console.out().printf(Locale.ROOT, "%nrow %d of step %d, %s:%n", row, batch.step, part.label());
                console.out().print(MaskedView.render(batch, row, corpus.vocabulary(), console.terminal()));
            }
        } else {
            judge(corpus, batch, rows, masking);
        }
    }

    private void judge(ShardedCorpus corpus, Batch batch, int rows, MaskingOptions masking) throws IOException {
        try (Backend backend = backendOptions.open()) {
            ElectraModel electra = ModelFiles.load(backend, model);
            ModelFiles.requireDiscriminator(electra, model, "is to judge the examples");
            TokenizerFiles tokenizer = TokenizerFiles.load(
                    model.resolve(ElectraModel.DISCRIMINATOR),
                    electra.config().discriminator().maxPositions());
            ShardedCorpus.checkVocabulary(corpus.manifest(), tokenizer.vocabulary(), model.toString());
            Predictor predictor = new Predictor(
                    electra,
                    corpus.vocabulary(),
                    new LossOptions(1, 1, 1, Sampler.MULTINOMIAL),
                    masking,
                    batch.sequenceLength(),
                    seed);
            TokenView view = new TokenView(console.terminal());
            PrintStream out = console.out();
            out.print(view.legend());
            for (int row = 0; row < rows; row++) {
                var tokens = predictor.predict(batch, row, row);
                out.println();
                out.print(view.render(tokens));
                out.print(TokenView.summary(tokens));
            }
        }
    }
}
