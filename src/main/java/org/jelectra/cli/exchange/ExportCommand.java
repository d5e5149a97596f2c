package org.jelectra.cli.exchange;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.cli.console.Console;
import org.jelectra.electra.onnx.OnnxExport;
import org.jelectra.exchange.HuggingFaceExport;
import org.jelectra.exchange.ModelReport;
import org.jelectra.io.AtomicFile;
import org.jelectra.io.TemporaryFolder;
import org.jelectra.pretrain.SnapshotFolder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra export}: a model in the form that other programs load. */
@Command(
        name = "export",
        sortOptions = false,
        description = "Writes a model for other programs: HuggingFace's libraries, or what runs ONNX.")
public final class ExportCommand implements Callable<Integer> {

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "Directory of a run, of a fine-tuned model (seed-N of finetune), or of an imported one; or a"
                    + " snapshot of a run, RUN/snapshots/step-N.snapshot.")
    private Path model;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR|FILE",
            description = "A new directory for the model; for ONNX a file FILE.onnx, replaced if it is there.")
    private Path output;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            description =
                    "HuggingFace only: discriminator or generator. Default: the discriminator, or the only network.")
    private Network network;

    @Option(
            names = "--format",
            paramLabel = "NAME",
            description = "huggingface (default): config.json, model.safetensors and the tokenizer's files, read again"
                    + " and compared bit for bit; onnx: a computation graph with its weights, of a discriminator"
                    + " or a fine-tuned model.")
    private Format format = Format.HUGGINGFACE;

    @Option(names = "--encoder", description = "ONNX only: leave the head out, the output is last_hidden_state.")
    private boolean encoder;

    /** Networks of a pre-trained model. */
    enum Network {
        DISCRIMINATOR,
        GENERATOR
    }

    /** Forms of a model. */
    enum Format {
        HUGGINGFACE,
        ONNX
    }

    @Override
    public Integer call() throws IOException {
        requireUse();
        if (!SnapshotFolder.isSnapshot(model)) {
            return export(model);
        }
        switch (format) { // before the work
            case HUGGINGFACE -> HuggingFaceExport.requireWritable(output);
            case ONNX -> AtomicFile.requireWritable(output);
        }
        try (TemporaryFolder run = SnapshotModel.write(model, output, ExportCommand::backend)) {
            return export(run.path());
        }
    }

    private int export(Path folder) throws IOException {
        return switch (format) {
            case HUGGINGFACE -> huggingFace(folder);
            case ONNX -> onnx(folder);
        };
    }

    private void requireUse() {
        boolean endsAsOnnx = output.toString().endsWith(".onnx");
        switch (format) {
            case ONNX -> {
                if (network != null) {
                    throw wrong("--network belongs to --format huggingface; ONNX takes the discriminator");
                }
                if (!endsAsOnnx) {
                    throw wrong("--output must end in .onnx, got " + output);
                }
            }
            case HUGGINGFACE -> {
                if (encoder) {
                    throw wrong("--encoder belongs to --format onnx");
                }
                if (endsAsOnnx) {
                    throw wrong(
                            "--output " + output + " looks like an ONNX file: add --format onnx, or name a directory");
                }
            }
        }
    }

    // any backend would do, as both copies run on the same; this one is everywhere
    private static Backend backend() {
        return Backends.open(Backends.CPU, Runtime.getRuntime().availableProcessors());
    }

    private int onnx(Path folder) throws IOException {
        console.out().println(OnnxExport.write(folder, output, encoder));
        return 0;
    }

    private CommandLine.ParameterException wrong(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    private int huggingFace(Path folder) throws IOException {
        String name = network == null ? null : network.name().toLowerCase(Locale.ROOT);
        ModelReport report = HuggingFaceExport.run(folder, name, output, ExportCommand::backend);
        console.out()
                .printf(
                        Locale.ROOT,
                        "%s: %s, %d tensors, %,d parameters; read again, its %,d outputs equal the original's bit for bit%n",
                        report.folder(),
                        report.architecture(),
                        report.tensors(),
                        report.parameters(),
                        report.comparedLogits());
        return 0;
    }
}
