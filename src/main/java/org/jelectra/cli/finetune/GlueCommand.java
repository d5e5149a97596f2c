package org.jelectra.cli.finetune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jelectra.cli.console.BackendOptions;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.console.Failure;
import org.jelectra.cli.console.Interruption;
import org.jelectra.electra.heads.ModelFolder;
import org.jelectra.electra.heads.SequenceHead;
import org.jelectra.finetune.FineTunePlan;
import org.jelectra.finetune.FineTuneRun;
import org.jelectra.finetune.GlueAverage;
import org.jelectra.finetune.GlueTable;
import org.jelectra.finetune.RunResults;
import org.jelectra.finetune.SeedResult;
import org.jelectra.finetune.SeedsDivergedException;
import org.jelectra.finetune.data.GlueTasks;
import org.jelectra.finetune.data.TaskFolder;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.io.OutputPath;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra glue}: every task of GLUE that is there, into one table. */
@Command(
        name = "glue",
        sortOptions = false,
        description = {
            "Fine-tunes a model on every task of GLUE found under a directory.",
            "The results go into one table beside published ones (glue.md, glue.json)."
        })
public final class GlueCommand implements Callable<Integer> {

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Mixin
    private FineTuneBeginning beginning = new FineTuneBeginning();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "Directory with a folder for each task (CoLA, SST-2, ...). Files may end in .xz or .gz.")
    private Path data;

    @Option(
            names = "--tasks",
            split = ",",
            paramLabel = "NAME",
            description = "Only these tasks (CoLA,RTE). Default: all that are there.")
    private List<String> tasks;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Directory for the table and, per task, what finetune writes.")
    private Path output;

    @Option(
            names = "--head",
            paramLabel = "NAME",
            description =
                    "huggingface, which HuggingFace's code reads, or linear: one layer, as the original code has it and"
                            + " ELECTRA's published results were made with. Default: huggingface.")
    private SequenceHead head = SequenceHead.HUGGINGFACE;

    @ArgGroup(exclusive = false, validate = false, heading = "%nTraining:%n")
    private FineTuneOptions options = new FineTuneOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nMachine:%n")
    private BackendOptions backendOptions = new BackendOptions();

    @Override
    public Integer call() throws IOException {
        options.refuseUnused(spec);
        OutputPath.requireFolder(output);
        ModelFolder base = ModelFolder.open(beginning.model);
        // all plans and data before any work: hours later is late for a wrong option or a broken file
        Map<FineTunePlan, FineTuneSource> runs = new LinkedHashMap<>();
        Map<FineTunePlan, BackendOptions> backends = new HashMap<>();
        try {
            List<TaskSpec> chosen = chosen();
            requireTasksOfTable(chosen);
            for (TaskSpec task : chosen) {
                FineTuneSource source = read(task, chosen.size() > 1);
                runs.put(beginning.plan(base, false, source, options, output.resolve(task.name())), source);
            }
            backendOptions.open().close();
            for (FineTunePlan plan : runs.keySet()) {
                backends.put(
                        plan, backendOptions.goingOnIn(plan.resumes() ? FineTuneRun.precision(plan.output()) : null));
            }
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        GlueTable table = new GlueTable(
                beginning.model + (beginning.randomWeights ? GlueAverage.RANDOM_WEIGHTS : ""),
                head,
                options.keepsBest());
        List<String> diverged = new ArrayList<>();
        boolean measured = false;
        try (Interruption interruption = Interruption.install(console.out())) {
            for (Map.Entry<FineTunePlan, FineTuneSource> run : runs.entrySet()) {
                FineTunePlan plan = run.getKey();
                List<SeedResult> results;
                int without = 0;
                try {
                    Optional<List<SeedResult>> all = new FineTuneSession(
                                    console, backends.get(plan), base.tokenizer(), interruption)
                            .run(plan, run.getValue());
                    if (all.isEmpty()) {
                        return interruption.exitCode();
                    }
                    results = all.get();
                } catch (SeedsDivergedException e) {
                    diverged.add(plan.task() + ": " + e.getMessage());
                    results = e.results();
                    without = e.reasons().size();
                }
                if (!results.isEmpty()) {
                    measured = true;
                    table.add(plan.task(), results, without, RunResults.settings(plan.output()));
                    table.write(output);
                }
            }
        }
        if (measured) {
            console.out().println();
            console.out().print(table.markdown());
        }
        if (!diverged.isEmpty()) {
            throw new IllegalStateException(String.join("; ", diverged));
        }
        return 0;
    }

    /** Those of {@code --tasks}, else all that are there, in GLUE's order. */
    private List<TaskSpec> chosen() throws IOException {
        List<TaskSpec> there = new ArrayList<>();
        for (TaskSpec task : GlueTasks.all()) {
            if (isThere(task)) {
                there.add(task);
            }
        }
        if (there.isEmpty()) {
            throw new IOException(
                    data + ": expected folders of tasks with train.tsv (or .xz, .gz), such as CoLA or SST-2,"
                            + " found none");
        }
        if (tasks == null) {
            return there;
        }
        Set<TaskSpec> named = new HashSet<>();
        for (String name : tasks) {
            TaskSpec task = GlueTasks.find(name.strip());
            if (!there.contains(task)) {
                throw new IllegalArgumentException("--tasks " + name + ": expected tasks of GLUE in " + data
                        + ", which has " + there.stream().map(TaskSpec::name).collect(Collectors.joining(", ")));
            }
            named.add(task);
        }
        return there.stream().filter(named::contains).toList();
    }

    /** What the tasks of a table have cost is not to be lost from it because a call leaves them out. */
    private void requireTasksOfTable(List<TaskSpec> chosen) throws IOException {
        List<String> lost = new ArrayList<>(GlueTable.tasks(output));
        chosen.forEach(task -> lost.remove(task.name()));
        if (!lost.isEmpty()) {
            throw new IOException(output.resolve(GlueTable.JSON) + " would lose " + String.join(", ", lost)
                    + "; expected these tasks too, with --resume, which computes nothing twice, or another --output");
        }
    }

    private FineTuneSource read(TaskSpec task, boolean amongOthers) throws IOException {
        try {
            return FineTuneSource.of(task.name(), task, head, data);
        } catch (IOException e) {
            throw amongOthers
                    ? new IOException(Failure.line(e) + "; --tasks without " + task.name() + " leaves it out", e)
                    : e;
        }
    }

    private boolean isThere(TaskSpec task) throws IOException {
        if (!Files.isDirectory(data)) {
            throw new IOException(data + ": expected a directory with a folder for each task, found "
                    + (Files.exists(data) ? "a file" : "nothing"));
        }
        Path folder = TaskFolder.find(task, data);
        return folder != null && !Files.isSameFile(folder, data);
    }
}
