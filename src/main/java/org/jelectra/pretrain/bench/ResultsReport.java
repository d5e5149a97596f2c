package org.jelectra.pretrain.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jelectra.io.AtomicFile;

/** Tables and pictures of what {@code tools/gpu/bench} has left in a folder. What is missing there is named in its place. */
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
        BenchResults results = new BenchResults(folder);
        String text = String.join(
                "\n",
                head(results),
                new StepSection(results).markdown(),
                new BudgetSection(results).write(folder),
                new OperationsSection(results).write(folder),
                new CurvesSection(results).write(folder));
        Path file = folder.resolve(FILE_NAME);
        AtomicFile.write(file, text);
        return file;
    }

    /** A picture in the folder of the report, or what stands for it where it was not drawn. */
    static String picture(String text, Optional<Path> file) {
        return file.map(drawn -> "![" + text + "](" + drawn.getFileName() + ")\n")
                .orElse("No picture of the " + text + ": nothing to draw, or this Java runtime cannot draw.\n");
    }

    private static String head(BenchResults results) {
        return "# jelectra, measured by tools/gpu/bench\n\n"
                + (results.isRehearsal() ? "**A rehearsal on the CPU: its times say nothing.**\n\n" : "")
                + "Commit " + results.text("commit").strip() + ", GPU " + results.text("gpu") + ", "
                + results.text("machine") + ".\n";
    }
}
