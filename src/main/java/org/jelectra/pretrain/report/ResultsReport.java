package org.jelectra.pretrain.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jelectra.io.AtomicFile;
import org.jelectra.pretrain.StepMetrics;
import org.jelectra.pretrain.plot.Curves;

/**
 * Tables and pictures of what {@code tools/gpu/bench} has left in a folder, and {@code verify} and {@code train} in or beside it. What
 * is missing is named in its place.
 */
public final class ResultsReport {

    /** Name of the tables' file. */
    public static final String FILE_NAME = "report.md";

    private ResultsReport() {}

    /**
     * Writes {@code report.md} and its pictures into the folder, replacing former ones.
     *
     * @return the file
     * @throws IOException if there are no results or they cannot be understood, or a file cannot be written
     */
    public static Path write(Path folder) throws IOException {
        Map<String, BenchResults> tools = BenchResults.of(folder);
        BenchResults results = tools.getOrDefault("bench", BenchResults.none());
        BenchResults verify = tools.getOrDefault("verify", BenchResults.none());
        BenchResults train = tools.getOrDefault("train", BenchResults.none());
        String text = String.join(
                "\n",
                head(tools.getOrDefault("bench", tools.values().iterator().next())),
                new GoalsSection(results, train).markdown(),
                new StepSection(results).markdown(),
                new BudgetSection(results).write(folder),
                new OperationsSection(results).write(folder),
                new CurandSection(results).markdown(),
                new CurvesSection(results).write(folder),
                new PartsSection("Checks on the device", "tools/gpu/verify", verify).markdown(),
                new PartsSection("Training", "tools/gpu/train", train).markdown(),
                training(train, folder));
        Path file = folder.resolve(FILE_NAME);
        AtomicFile.write(file, text);
        return file;
    }

    /** A picture in the folder of the report, or what stands for it where it was not drawn. */
    static String picture(String text, Optional<Path> file) {
        return file.map(drawn -> "![" + text + "](" + drawn.getFileName() + ")\n")
                .orElse("No picture of the " + text + ": nothing to draw, or this Java runtime cannot draw.\n");
    }

    private static String training(BenchResults train, Path folder) throws IOException {
        List<StepMetrics> metrics = train.metrics();
        return metrics.isEmpty()
                ? ""
                : picture("run's metrics", Curves.draw(folder, "Training on a GPU machine", metrics));
    }

    private static String head(BenchResults results) {
        return "# jelectra, measured on a GPU machine\n\n"
                + (results.isRehearsal() ? "**A rehearsal on the CPU: its times say nothing.**\n\n" : "")
                + "Commit " + results.text("commit").strip() + ", GPU " + results.text("gpu") + ", "
                + results.text("machine") + ".\n";
    }
}
