package org.jelectra.cli;

import org.jelectra.cli.console.Console;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra completion}: what a shell needs to complete commands and options. */
@Command(
        name = "completion",
        description = {
            "Prints a script for bash that completes commands, options and their values.",
            "For this shell: source <(jelectra completion)"
        })
final class CompletionCommand implements Runnable {

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        CommandLine jelectra = spec.root().commandLine();
        console.out().print(AutoComplete.bash(jelectra.getCommandName(), jelectra));
    }
}
