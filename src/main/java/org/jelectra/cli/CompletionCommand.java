package org.jelectra.cli;

import org.jelectra.cli.console.Console;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra completion}: what a shell needs to complete commands and options. */
@Command(
        name = "completion",
        description = {
            "Prints a script for bash and zsh that completes commands, options and their values.",
            "For this shell: source <(jelectra completion)"
        })
final class CompletionCommand implements Runnable {

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        console.out().print(CompletionScript.of(spec.root().commandLine()));
    }
}
