package org.jelectra.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jelectra.exchange.ModelImport;
import org.jelectra.exchange.ModelReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra import}: HuggingFace's directories to the layout of the other commands. */
@Command(
        name = "import",
        sortOptions = false,
        description =
                "Makes a model that finetune, predict and pretrain --init-from read of a HuggingFace directory: config.json,"
                        + " model.safetensors or pytorch_model.bin (in one file, or in several with their index),"
                        + " vocab.txt or tokenizer.json. Nothing in a file is executed.")
final class ImportCommand implements Callable<Integer> {

    @ParentCommand
    private Main main;

    @Parameters(
            index = "0",
            paramLabel = "SOURCE",
            description =
                    "Directory of a discriminator, of a generator, of a fine-tuned model or of an encoder alone; or one with"
                            + " discriminator/ and generator/ in it.")
    private Path source;

    @Option(
            names = "--generator",
            paramLabel = "DIR",
            description = "Directory of the generator that goes with the discriminator; predict needs both, but for"
                    + " --as-is.")
    private Path generator;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "A new directory for the model.")
    private Path output;

    @Override
    public Integer call() throws IOException {
        for (ModelReport report :
                ModelImport.run(generator == null ? List.of(source) : List.of(source, generator), output)) {
            main.out()
                    .printf(
                            Locale.ROOT,
                            "%s: %s, %d tensors, %,d parameters, float32 from %s in %s%n",
                            report.folder(),
                            report.architecture(),
                            report.tensors(),
                            report.parameters(),
                            String.join(" and ", report.types()),
                            report.weights());
            if (report.types().contains("F64")) {
                main.err()
                        .println(
                                "jelectra: " + report.weights() + " has 64-bit numbers, which were rounded to 32 bits");
            }
        }
        return 0;
    }
}
