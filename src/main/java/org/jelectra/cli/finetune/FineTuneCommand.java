package org.jelectra.cli.finetune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jelectra.cli.console.BackendOptions;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.console.Interruption;
import org.jelectra.electra.heads.ModelFolder;
import org.jelectra.finetune.FineTunePlan;
import org.jelectra.finetune.FineTuneRun;
import org.jelectra.io.OutputPath;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra finetune}: a task, once per seed. */
@Command(
        name = "finetune",
        sortOptions = false,
        description =
                "Fine-tunes a model on a task, of GLUE, of question answering, of tagging or of your own, and measures it.")
public final class FineTuneCommand implements Callable<Integer> {

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Mixin
    private FineTuneBeginning beginning = new FineTuneBeginning();

    @Option(
            names = "--task",
            required = true,
            paramLabel = "NAME",
            description =
                    "CoLA, SST-2, MRPC, STS-B, QQP, MNLI, QNLI, RTE or WNLI; squad (SQuAD 2.0) or squadv1 (SQuAD 1.1);"
                            + " tagging (CoNLL files of entities or chunks); or a JSON file that declares a task of .tsv, .csv"
                            + " or JSON Lines files, or of other tags.")
    private String task;

    @Option(
            names = "--head",
            paramLabel = "NAME",
            description =
                    "huggingface (default), which HuggingFace's code reads, or the original code's, which its published"
                            + " results were made with: for labels or numbers of texts linear, one layer; for SQuAD joint, with"
                            + " ends that depend on the start and a classifier for \"no answer\". Tagging has no choice.")
    private HeadName head;

    @Option(
            names = "--keep-head",
            description =
                    "Begin with the model's head too, which was fine-tuned for the same outputs: more training, on"
                            + " other data perhaps. Default: the head begins anew.")
    private boolean keepHead;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "The task's files, or a directory with a folder for each task. Files may end in .xz or .gz.")
    private Path data;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Directory for results.json and, per seed, model, predictions, metrics and curves.")
    private Path output;

    @ArgGroup(exclusive = false, validate = false, heading = "%nTraining:%n")
    private FineTuneOptions options = new FineTuneOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nMachine:%n")
    private BackendOptions backendOptions = new BackendOptions();

    @Override
    public Integer call() throws IOException {
        options.refuseUnused(spec);
        OutputPath.requireFolder(output);
        if (!beginning.resume) {
            FineTuneRun.requireNone(output); // before the data is read, which may take long
        }
        ModelFolder base = ModelFolder.open(beginning.model);
        TaskSource source;
        FineTunePlan plan;
        BackendOptions backend;
        try {
            source = TaskSource.of(task, head, data);
            plan = beginning.plan(base, keepHead, source, options, output);
            backend = backendOptions.goingOnIn(beginning.resume ? FineTuneRun.precision(output) : null);
            backend.open().close();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        try (Interruption interruption = Interruption.install(console.out())) {
            boolean complete = new FineTuneSession(console, backend, base.tokenizer(), interruption)
                    .run(plan, source)
                    .isPresent();
            return complete ? 0 : interruption.exitCode();
        }
    }
}
