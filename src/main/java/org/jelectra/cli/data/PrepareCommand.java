package org.jelectra.cli.data;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jelectra.cli.console.ByteProgress;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.console.ShellWord;
import org.jelectra.cli.console.ShutdownHook;
import org.jelectra.cli.console.Threads;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.corpus.Corpus;
import org.jelectra.text.shards.Preparation;
import org.jelectra.text.shards.PrepareOptions;
import org.jelectra.text.shards.ShardManifest;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra prepare}: text of any size to shards that {@code pretrain --data} reads. */
@Command(
        name = "prepare",
        sortOptions = false,
        description = {
            "Turns text of any size into shards of tokens, in bounded memory.",
            "After an interruption of any kind the same command goes on where it was, but with text that comes through a pipe"
                    + " (--data /dev/stdin), which must be prepared anew."
        })
public final class PrepareCommand implements Callable<Integer> {

    /** The length of presets small and, for most of the training, of BERT. */
    private static final int DEFAULT_LENGTH = 128;

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Directory for shards and manifest: a new one, or one whose preparation was interrupted.")
    private Path output;

    @Option(
            names = "--data",
            arity = "1..*",
            paramLabel = "FILE|DIR",
            description =
                    "Text: UTF-8 files with blank lines between documents, or .jsonl, .ndjson or .json with one object a line, also .gz"
                            + " and .xz, or folders of them. Default: the bundled sample.")
    private List<Path> data;

    @Mixin
    private DocumentOptions reading = new DocumentOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nTokens:%n")
    private VocabularyOptions tokens = new VocabularyOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nWhat is kept:%n")
    private Selection selection = new Selection();

    @ArgGroup(exclusive = false, validate = false, heading = "%nSequences and shards:%n")
    private Shards shards = new Shards();

    @Option(names = "--threads", paramLabel = "N", description = "Threads that tokenise. Default: all processors.")
    private Integer threads;

    static final class Selection {
        @Option(
                names = "--held-out",
                paramLabel = "FRACTION",
                description = "Share of the documents kept for evaluation. Default: "
                        + PackingOptions.DEFAULT_HELD_OUT_FRACTION + ".")
        private double heldOut = PackingOptions.DEFAULT_HELD_OUT_FRACTION;

        @Option(
                names = "--drop-duplicates",
                description =
                        "Drop documents that nearly equal an earlier one (4 of 5 runs of five tokens are the same, by"
                                + " MinHash, among the latest 524,288 documents). Default: only count them.")
        private boolean dropDuplicates;

        @Option(
                names = "--min-tokens",
                paramLabel = "N",
                description = "Drop documents of fewer tokens; never those of more than 262,144 characters (32"
                        + " more for each line). Default: 1, which drops empty ones.")
        private int minTokens = 1;
    }

    static final class Shards {
        @Option(
                names = "--sequence-length",
                paramLabel = "N",
                description = "Tokens of a sequence, [CLS] and [SEP] included. Default: " + DEFAULT_LENGTH + ".")
        private int sequenceLength = DEFAULT_LENGTH;

        @Option(
                names = "--seed",
                paramLabel = "N",
                description = "Decides which sequences are split in two segments. Default: 1, as of pretrain.")
        private long seed = 1;

        @Option(
                names = "--shard-mb",
                paramLabel = "MB",
                description =
                        "Size of a shard in MiB; complete ones are kept when the work is interrupted. Default: 64.")
        private double shardMegabytes = PrepareOptions.DEFAULT_SHARD_BYTES >> 20;
    }

    @Override
    public Integer call() throws IOException {
        var vocabulary = tokens.vocabulary();
        PrepareOptions options;
        try {
            options = PrepareOptions.of(
                            vocabulary,
                            tokens.wordPiece(),
                            new PackingOptions(shards.sequenceLength, selection.heldOut),
                            Threads.of(threads))
                    .withSeed(shards.seed)
                    .withDropping(selection.minTokens, selection.dropDuplicates)
                    .withShardBytes(shards.shardMegabytes * (1 << 20));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        Corpus corpus = reading.open(data);
        String remedy = corpus.stream() == null
                ? "the same command goes on"
                : corpus.stream() + " can be read only once: begin anew in another directory";
        ShutdownHook interrupted =
                ShutdownHook.of(() -> console.out().printf(Locale.ROOT, "%ninterrupted: %s%n", remedy));
        try (ByteProgress progress = new ByteProgress(console.out(), console.terminal())) {
            ShardManifest manifest = Preparation.run(corpus, output, options, progress);
            progress.endLine();
            console.out().printf(Locale.ROOT, "prepared in %s%n", progress.summary());
            ManifestView.print(console.out(), manifest);
            HeldOutWarning.of(manifest.training().tokens(), manifest.heldOut().tokens())
                    .ifPresent(warning -> console.out().println("warning: " + warning));
            UnknownWarning.of(manifest.counts().unknownFraction())
                    .ifPresent(warning -> console.out().println("warning: " + warning));
            CasingWarning.of(vocabulary, tokens.wordPiece())
                    .ifPresent(warning -> console.out().println("warning: " + warning));
            printNext(console.out());
        } finally {
            interrupted.cancel();
        }
        return 0;
    }

    private void printNext(PrintStream out) {
        String shards = ShellWord.of(output);
        out.println("train on it: jelectra pretrain --data " + shards + "; look at it: jelectra inspect " + shards);
    }
}
