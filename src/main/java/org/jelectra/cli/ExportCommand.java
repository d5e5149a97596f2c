package org.jelectra.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jelectra.electra.onnx.OnnxExport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra export}: models for other programs. */
@Command(name = "export", sortOptions = false, description = "Writes a model in a format that other programs run.")
final class ExportCommand implements Callable<Integer> {

    /** What can be written. */
    enum Format {
        /** A computation graph with its weights. */
        ONNX
    }

    @ParentCommand
    private Main main;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(
            paramLabel = "MODEL",
            description = "A run's directory, whose discriminator is taken, or a fine-tuned model.")
    private Path model;

    @Option(names = "--format", required = true, paramLabel = "NAME", description = "onnx.")
    private Format format;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "FILE",
            description = "FILE.onnx, replaced if it is there.")
    private Path output;

    @Option(names = "--encoder", description = "Leave the head out: the output is last_hidden_state.")
    private boolean encoder;

    @Override
    public Integer call() throws IOException {
        if (!output.toString().endsWith(".onnx")) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--output must end in .onnx, got " + output);
        }
        main.out().println(OnnxExport.write(model, output, encoder));
        return 0;
    }
}
