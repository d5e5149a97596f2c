package org.jelectra.cli.measure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.console.PictureFiles;
import org.jelectra.finetune.FineTuneRun;
import org.jelectra.pretrain.plot.PlotAxis;
import org.jelectra.pretrain.plot.PlottedRun;
import org.jelectra.pretrain.plot.RunPlot;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra plot}: the metrics of several runs in one picture. */
@Command(
        name = "plot",
        sortOptions = false,
        description = "Draws the metrics of runs over each other, a panel for each metric, as PNG and SVG.")
public final class PlotCommand implements Callable<Integer> {

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "RUN",
            description = "Directories of runs of pretrain or finetune, finished or not; their names, or those of the"
                    + " seeds, are the legend.")
    private List<Path> directories;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "The picture: a name that ends in .png or .svg, or one without such an end for both."
                    + " Default: plot.")
    private Path output = Path.of("plot");

    @Option(
            names = "--metrics",
            split = ",",
            paramLabel = "NAME",
            description = "Names as in metrics.jsonl, with commas between; held-out ones begin with eval_. Default:"
                    + " those of these that the runs have: generator_loss,discriminator_loss,main_loss,"
                    + "eval_generator_loss,eval_discriminator_auc,eval_main_loss; of fine-tuning: loss and the task's"
                    + " main metric.")
    private List<String> metrics = List.of();

    @Option(
            names = "--x",
            paramLabel = "AXIS",
            description = "Horizontal axis: step, tokens (padding included) or time (seconds of training)."
                    + " Default: step.")
    private PlotAxis axis = PlotAxis.STEP;

    @Option(
            names = "--smoothing",
            paramLabel = "W",
            description = "Weight of the past in an exponential moving average, from 0 to less than 1. Default: 0.")
    private double smoothing;

    @Override
    public Integer call() throws IOException {
        List<Path> files;
        RunPlot plot;
        try {
            files = PictureFiles.of(output, "--output");
            List<Path> folders = folders();
            RunLabels labels = new RunLabels(folders);
            List<PlottedRun> runs = new ArrayList<>();
            for (Path directory : folders) {
                runs.add(PlottedRun.read(directory, labels.of(directory)));
            }
            plot = new RunPlot(runs, metrics, axis, smoothing);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        for (Path file : files) {
            plot.write(file);
            console.out().println(file);
        }
        return 0;
    }

    /** The directories, in the place of a fine-tuning those of its seeds. */
    private List<Path> folders() throws IOException {
        List<Path> folders = new ArrayList<>();
        for (Path directory : directories) {
            List<Path> seeds = FineTuneRun.seedFolders(directory);
            folders.addAll(seeds.isEmpty() ? List.of(directory) : seeds);
        }
        return folders;
    }
}
