package org.jelectra.cli.finetune;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jelectra.backend.Backend;
import org.jelectra.cli.console.BackendOptions;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.console.UnusedOptions;
import org.jelectra.cli.pretrain.PretrainedEvaluation;
import org.jelectra.finetune.Evaluation;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.finetune.metrics.LabelScore;
import org.jelectra.finetune.squad.SquadFile;
import org.jelectra.finetune.squad.SquadReader;
import org.jelectra.finetune.squad.SquadTask;
import org.jelectra.finetune.squad.SquadVersion;
import org.jelectra.finetune.tasks.FineTunedModel;
import org.jelectra.finetune.tasks.MeasuredFile;
import org.jelectra.inference.ModelKind;
import org.jelectra.io.AtomicFile;
import org.jelectra.io.Json;
import org.jelectra.io.MarkdownTable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra evaluate}: the metrics of a fine-tuned model on a labelled file, or of a pre-trained one on text. */
@Command(
        name = "evaluate",
        sortOptions = false,
        description = {
            "Measures a fine-tuned model on a labelled file of its task (--task).",
            "Without --task, measures a pre-trained model on text, as pretrain does on what it holds out: losses,"
                    + " accuracies, AUC."
        })
public final class EvaluateCommand implements Callable<Integer> {

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "Directory of a fine-tuned model: seed-N of finetune, or a HuggingFace directory; or of a"
                    + " pre-trained one: a run of pretrain, what import made with --generator, or a generator alone.")
    private Path model;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "Labelled file, as the task's development set; of a declared task .csv and JSON Lines too. Of a"
                            + " pre-trained model: files or folders of text, as for pretrain.")
    private List<Path> files;

    @Option(
            names = "--task",
            paramLabel = "NAME",
            description =
                    "A task of GLUE, squad or squadv1, tagging, or a JSON file that declares a task: what the file holds."
                            + " Needed for a fine-tuned model.")
    private String task;

    @ArgGroup(exclusive = false, validate = false, heading = "%nPre-trained models:%n")
    private PretrainedEvaluation pretrained = new PretrainedEvaluation();

    @Option(names = "--output", paramLabel = "FILE", description = "Write the metrics as JSON, too.")
    private Path output;

    @Mixin
    private BackendOptions backendOptions = new BackendOptions();

    @Override
    public Integer call() throws IOException {
        if (output != null) {
            AtomicFile.requireWritable(output);
        }
        if (task == null) {
            JsonObject json = pretrained.run(model, files, backendOptions, spec, console);
            if (output != null) {
                Json.write(output, json);
            }
            return 0;
        }
        String[] ofText = spec.options().stream()
                .filter(option -> option.group() != null)
                .map(OptionSpec::longestName)
                .toArray(String[]::new);
        UnusedOptions.refuse(spec, "a pre-trained model, which has no --task", ofText);
        if (files.size() > 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "expected one FILE with --task, got " + files.size());
        }
        Path file = files.get(0);
        SquadVersion squad = SquadVersion.find(task);
        TaskSpec taskSpec;
        Backend backend;
        try {
            taskSpec = squad == null ? FineTuneSource.spec(task) : null;
            ModelKind.requireTask(model);
            backend = backendOptions.open();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        if (taskSpec != null && taskSpec.heldOut() != null) {
            console.out()
                    .println("warning: " + file + ": all its rows are measured, also those that were trained on if "
                            + taskSpec.name()
                            + " held out a part of this file (\"dev_fraction\"); what that part gave is in results.json of"
                            + " the run");
        }
        try (backend) {
            MeasuredFile measured = squad == null
                    ? new FineTunedModel(backend, model).evaluate(taskSpec, file)
                    : new MeasuredFile(
                            SquadTask.evaluate(backend, model, squad, questions(file)), List.of(), List.of());
            measured.warnings().forEach(warning -> console.out().println("warning: " + warning));
            Evaluation evaluation = measured.evaluation();
            JsonObject values = new JsonObject();
            for (Map.Entry<String, Double> entry : evaluation.values().entrySet()) {
                boolean isMain = entry.getKey().equals(evaluation.metric());
                console.out()
                        .printf(Locale.ROOT, "%-20s %.4f%s%n", entry.getKey(), entry.getValue(), isMain ? "  *" : "");
                values.add(entry.getKey(), Json.number(entry.getValue()));
            }
            if (evaluation.degenerate()) {
                console.out().println("DEGENERATE: all predictions are the same, or nearly");
            }
            if (!measured.labels().isEmpty()) {
                console.out().print(table(measured.labels()));
            }
            if (output != null) {
                JsonObject json = new JsonObject();
                json.addProperty("task", squad == null ? taskSpec.name() : squad.label());
                json.addProperty("metric", evaluation.metric());
                json.add("values", values);
                json.addProperty("degenerate", evaluation.degenerate());
                if (!measured.labels().isEmpty()) {
                    json.add("labels", new Gson().toJsonTree(measured.labels()));
                }
                Json.write(output, json);
            }
        }
        return 0;
    }

    private static String table(List<LabelScore> labels) {
        MarkdownTable table = new MarkdownTable("label", "precision", "recall", "f1", "texts");
        for (LabelScore label : labels) {
            table.row(
                    label.label(),
                    number(label.precision()),
                    number(label.recall()),
                    number(label.f1()),
                    Long.toString(label.count()));
        }
        return table.aligned();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private SquadFile questions(Path file) throws IOException {
        SquadFile questions = SquadReader.read(file);
        if (questions.misplacedAnswers() > 0) {
            console.out()
                    .println("warning: " + file + ": " + questions.misplacedAnswers()
                            + " answers are not in their contexts where the file says");
        }
        return questions;
    }
}
