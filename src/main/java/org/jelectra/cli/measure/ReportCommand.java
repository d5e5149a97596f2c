package org.jelectra.cli.measure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jelectra.cli.console.Console;
import org.jelectra.pretrain.report.ResultsReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra report}: tables and plots of what a GPU machine has measured. */
@Command(
        name = "report",
        sortOptions = false,
        description = {
            "Makes tables (report.md) and plots of what the scripts in tools/gpu have left in a folder.",
            "That is: what was asked with its goals, whole steps beside PyTorch, the budget of a step, every"
                    + " operation with its floor and PyTorch's time, cuRAND, loss curves; and of what tools/gpu/verify"
                    + " and tools/gpu/train have, where their folders, named verify and train, lie in that one or beside"
                    + " it. What is missing is named."
        })
public final class ReportCommand implements Callable<Integer> {

    @ParentCommand
    private Console console;

    @Parameters(
            paramLabel = "FOLDER",
            description =
                    "With results.json and logs.tar.gz unpacked, or with folders bench, verify and train that have these;"
                            + " the report goes there too.")
    private Path folder;

    @Override
    public Integer call() throws IOException {
        console.out().println(ResultsReport.write(folder));
        return 0;
    }
}
