package org.jelectra.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.console.Failure;
import org.jelectra.cli.console.PathConverter;
import org.jelectra.cli.console.StandardOutput;
import org.jelectra.cli.console.Terminal;
import org.jelectra.cli.data.InspectCommand;
import org.jelectra.cli.data.PrepareCommand;
import org.jelectra.cli.data.VocabCommand;
import org.jelectra.cli.exchange.ExportCommand;
import org.jelectra.cli.exchange.ImportCommand;
import org.jelectra.cli.finetune.EvaluateCommand;
import org.jelectra.cli.finetune.FineTuneCommand;
import org.jelectra.cli.finetune.GlueCommand;
import org.jelectra.cli.measure.BenchCommand;
import org.jelectra.cli.measure.DoctorCommand;
import org.jelectra.cli.measure.FlopsCommand;
import org.jelectra.cli.measure.PlotCommand;
import org.jelectra.cli.measure.ReportCommand;
import org.jelectra.cli.predict.EncodeCommand;
import org.jelectra.cli.predict.PredictCommand;
import org.jelectra.cli.pretrain.PlanCommand;
import org.jelectra.cli.pretrain.PretrainCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The command {@code jelectra}. Exit codes: 0 for success, 1 for a failure, 2 for a wrong use of the command line. Every failure
 * is one line on standard error.
 */
@Command(
        name = "jelectra",
        description = {
            "Pre-trains ELECTRA text encoders.",
            "To begin with, 'jelectra pretrain' trains a tiny one on a bundled text, and 'jelectra predict RUN TEXT' asks it;"
                    + " 'jelectra COMMAND --help' lists the options of a command."
        },
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        footer = {"", "Exit codes: 0 success, 1 failure, 2 wrong usage; 128 + N: ended by signal N."})
public final class Main implements Console, Runnable {

    private static final List<Class<?>> COMMANDS = List.of(
            VocabCommand.class,
            PrepareCommand.class,
            InspectCommand.class,
            PretrainCommand.class,
            PredictCommand.class,
            EncodeCommand.class,
            FineTuneCommand.class,
            GlueCommand.class,
            EvaluateCommand.class,
            ImportCommand.class,
            ExportCommand.class,
            PlotCommand.class,
            FlopsCommand.class,
            DoctorCommand.class,
            PlanCommand.class,
            BenchCommand.class,
            ReportCommand.class,
            CompletionCommand.class);

    private final InputStream in;
    private final StandardOutput output;
    private final PrintStream out;
    private final PrintStream err;
    private final Terminal terminal;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show the stack trace of a failure (also: JELECTRA_DEBUG=1).")
    private boolean verbose;

    Main(InputStream in, OutputStream out, PrintStream err, Terminal terminal) {
        this.in = in;
        this.output = new StandardOutput(out);
        // texts are UTF-8; in a plain C locale Java's own streams would print question marks
        this.out = new PrintStream(output, true, StandardCharsets.UTF_8);
        this.err = err;
        this.terminal = terminal;
    }

    /** Runs the command line and exits. */
    public static void main(String[] args) {
        // one line per message on the console; the default takes two
        if (System.getProperty("java.util.logging.SimpleFormatter.format") == null) {
            System.setProperty("java.util.logging.SimpleFormatter.format", "jelectra: %5$s%n");
        }
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        Terminal terminal = Terminal.of(System.getProperty("jelectra.terminal"), hasConsole(), System.getenv());
        int code = new Main(System.in, out, err, terminal).execute(args);
        err.flush();
        System.exit(code);
    }

    // From JDK 22 on there is a console without a terminal too, and Console.isTerminal() tells.
    private static boolean hasConsole() {
        java.io.Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (Boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    /** Runs the command line; returns the exit code. */
    int execute(String... args) {
        CommandLine commandLine = commandLine(args);
        try {
            int code = commandLine.execute(args);
            return code == 0 ? written() : code;
        } catch (Error e) {
            return failure(e);
        }
    }

    /** The exit code of a command that has done all: what it printed may be lost. */
    private int written() {
        try {
            requireOutput();
        } catch (StandardOutput.LostException e) {
            // a command that ends in files has not been for whoever stopped reading
            return e.isOfReader() ? 0 : failure(e);
        }
        return 0;
    }

    @Override
    public void requireOutput() throws StandardOutput.LostException {
        out.flush();
        output.check();
    }

    /** The command that is named first, else all: to find out the options of one takes milliseconds. */
    CommandLine commandLine(String... args) {
        CommandLine commandLine = new CommandLine(this);
        commands(args).forEach(commandLine::addSubcommand);
        commandLine
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setUsageHelpWidth(Math.max(80, terminal.columns()))
                .setUsageHelpLongOptionsMaxWidth(32)
                .registerConverter(Path.class, new PathConverter())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false) // a text or a path may begin with @
                .setOverwrittenOptionsAllowed(true) // RepeatedOptions refuses them
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        terminal.color() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        commandLine.setExecutionStrategy(line -> {
            RepeatedOptions.refuse(line);
            return new CommandLine.RunLast().execute(line);
        });
        commandLine.setParameterExceptionHandler((exception, arguments) -> usage(exception));
        commandLine.setExecutionExceptionHandler((exception, command, result) ->
                exception instanceof StandardOutput.LostException lost && lost.isOfReader()
                        ? StandardOutput.NO_READER
                        : failure(exception));
        return commandLine;
    }

    private static List<Class<?>> commands(String... args) {
        return COMMANDS.stream()
                .filter(command -> args.length > 0
                        && command != CompletionCommand.class // which needs the others
                        && command.getAnnotation(Command.class).name().equals(args[0]))
                .findFirst()
                .<List<Class<?>>>map(List::of)
                .orElse(COMMANDS);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "a command is missing: " + String.join(", ", spec.subcommands().keySet()));
    }

    private int usage(CommandLine.ParameterException exception) {
        String command = exception.getCommandLine().getCommandSpec().qualifiedName(" ");
        String line = command + ": " + UsageMessage.of(exception) + " (see " + command + " --help)";
        err.println(line.replaceAll("\\s*\\R\\s*", "; "));
        trace(exception);
        return USAGE;
    }

    private int failure(Throwable thrown) {
        err.println("jelectra: " + Failure.line(thrown));
        trace(thrown);
        return FAILURE;
    }

    private void trace(Throwable thrown) {
        if (verbose || System.getenv("JELECTRA_DEBUG") != null) {
            thrown.printStackTrace(err);
        }
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public PrintStream out() {
        return out;
    }

    @Override
    public PrintStream err() {
        return err;
    }

    @Override
    public Terminal terminal() {
        return terminal;
    }
}
