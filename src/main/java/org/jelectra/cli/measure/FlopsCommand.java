package org.jelectra.cli.measure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.console.PictureFiles;
import org.jelectra.cli.pretrain.ModelOptions;
import org.jelectra.electra.Preset;
import org.jelectra.electra.flops.CountedTraining;
import org.jelectra.electra.flops.PublishedModels;
import org.jelectra.io.Json;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.plot.ComputePlot;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra flops}: what trainings cost, and what quality that bought. */
@Command(
        name = "flops",
        sortOptions = false,
        description = {
            "Prints what trainings cost in floating-point operations, and the GLUE averages that came of it.",
            "That is of every preset, the models that ELECTRA is compared with, the training that options"
                    + " describe, and runs so far."
        })
public final class FlopsCommand implements Callable<Integer> {

    /** Of the points in the plot, in the order of their colours. */
    private static final List<String> GROUPS = List.of("ELECTRA, published", "runs", "others, published");

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "RUN",
            description =
                    "Directories of runs of pretrain, finished or not: what they have spent up to the last step that is"
                            + " logged or has its models saved; or of models that were exported from their snapshots: up to"
                            + " these. Of those that differ in the seed alone, the mean of their GLUE averages too.")
    private List<Path> runs = List.of();

    @Option(
            names = "--glue",
            paramLabel = "DIR",
            description = "Directory that 'jelectra glue' has written for one of the runs; may be given several times."
                    + " Default: RUN/glue, where it exists.")
    private List<Path> glue = List.of();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(
            names = "--plot",
            paramLabel = "FILE",
            description =
                    "Draw GLUE averages of the development sets over training FLOPs: a name that ends in .png or .svg,"
                            + " or one without such an end for both.")
    private Path plot;

    @ArgGroup(exclusive = false, validate = false, heading = "%nModel of a training of one's own, as in pretrain:%n")
    private ModelOptions model = new ModelOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nIts length and shape (defaults from the preset):%n")
    private ComputeOptions compute = new ComputeOptions();

    @Override
    public Integer call() throws IOException {
        List<Path> pictures;
        List<ComputeRow> rows;
        try {
            pictures = plot == null ? List.of() : PictureFiles.of(plot, "--plot");
            rows = rows();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        ComputeTable table = new ComputeTable(rows);
        console.out().print(json ? Json.text(table.json()) : table.markdown());
        if (!pictures.isEmpty()) {
            ComputePlot picture = plot(rows);
            for (Path file : pictures) {
                picture.write(file);
                say(file.toString());
            }
        }
        return 0;
    }

    /** What stands beside the table, but not in its JSON. */
    private void say(String line) {
        (json ? console.err() : console.out()).println(line);
    }

    private List<ComputeRow> rows() throws IOException {
        List<ComputeRow> rows = new ArrayList<>(new RunCompute(runs, glue).rows());
        boolean configured = spec.commandLine().getParseResult().matchedOptions().stream()
                .anyMatch(option -> option.group() != null);
        if (configured) {
            rows.add(compute.row(model));
        }
        Arrays.stream(Preset.values())
                .filter(preset -> PublishedModels.ALL.stream().noneMatch(known -> known.preset() == preset))
                .forEach(preset -> rows.add(preset(preset)));
        PublishedModels.ALL.forEach(known -> rows.add(ComputeRow.of(known)));
        return rows;
    }

    /** A preset that nobody has published results of. */
    private static ComputeRow preset(Preset preset) {
        PretrainSettings settings = PretrainSettings.of(preset, preset.vocabularySize());
        CountedTraining training = CountedTraining.of(
                preset.label(),
                settings.model(),
                settings.steps(),
                settings.batchSize(),
                settings.sequenceLength(),
                settings.slots(),
                Double.NaN);
        return new ComputeRow(ComputeRow.Kind.PRESET, training.withPreset(preset), null, null);
    }

    private ComputePlot plot(List<ComputeRow> rows) {
        List<ComputePlot.Point> points = new ArrayList<>();
        for (ComputeRow row : rows) {
            if (row.kind() == ComputeRow.Kind.SEEDS) {
                continue; // its runs are there
            }
            if (row.development() != null && row.training().trainingFlops() > 0) {
                points.add(new ComputePlot.Point(
                        row.name(),
                        group(row),
                        row.training().trainingFlops(),
                        row.development().average()));
            } else if (row.kind() == ComputeRow.Kind.RUN) {
                say("not in the plot: " + row.name() + ", of which there is no GLUE average after a step of training");
            }
        }
        points.sort(Comparator.comparingInt(point -> GROUPS.indexOf(point.group())));
        return new ComputePlot("Quality per compute", "average on GLUE's development sets, %", points);
    }

    private static String group(ComputeRow row) {
        if (row.kind() == ComputeRow.Kind.RUN) {
            return GROUPS.get(1);
        }
        return GROUPS.get(row.training().name().startsWith("ELECTRA") ? 0 : 2);
    }
}
