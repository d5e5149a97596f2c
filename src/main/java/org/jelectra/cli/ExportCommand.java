package org.jelectra.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.exchange.HuggingFaceExport;
import org.jelectra.exchange.ModelReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra export}: a model in the form that other programs load. */
@Command(
        name = "export",
        sortOptions = false,
        description = "Writes a model for other programs, reads it again and compares what both compute.")
final class ExportCommand implements Callable<Integer> {

    @ParentCommand
    private Main main;

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "Directory of a run, of a fine-tuned model (seed-N of finetune), or of an imported one.")
    private Path model;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "A new directory for the model.")
    private Path output;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            description = "discriminator or generator. Default: the discriminator, or the only network.")
    private Network network;

    @Option(
            names = "--format",
            paramLabel = "NAME",
            description = "huggingface (default): config.json, model.safetensors and the tokenizer's files.")
    private Format format = Format.HUGGINGFACE;

    /** Networks of a pre-trained model. */
    enum Network {
        DISCRIMINATOR,
        GENERATOR
    }

    /** Forms of a model. */
    enum Format {
        HUGGINGFACE
    }

    @Override
    public Integer call() throws IOException {
        return switch (format) {
            case HUGGINGFACE -> huggingFace();
        };
    }

    // any backend would do, as both copies run on the same; this one is everywhere
    private static Backend backend() {
        return Backends.open(Backends.CPU, Runtime.getRuntime().availableProcessors());
    }

    private int huggingFace() throws IOException {
        String name = network == null ? null : network.name().toLowerCase(Locale.ROOT);
        ModelReport report = HuggingFaceExport.run(model, name, output, ExportCommand::backend);
        main.out()
                .printf(
                        Locale.ROOT,
                        "%s: %s, %d tensors, %,d parameters; read again, its %,d logits equal the original's bit for bit%n",
                        report.folder(),
                        report.architecture(),
                        report.tensors(),
                        report.parameters(),
                        report.comparedLogits());
        return 0;
    }
}
