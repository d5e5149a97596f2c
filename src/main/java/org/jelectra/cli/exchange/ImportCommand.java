package org.jelectra.cli.exchange;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.data.CasingWarning;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.exchange.HeadCounts;
import org.jelectra.exchange.ModelImport;
import org.jelectra.exchange.ModelReport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code jelectra import}: HuggingFace's directories and the original code's checkpoints to the layout of the other commands. */
@Command(
        name = "import",
        sortOptions = false,
        description = {
            "Makes a model of HuggingFace's files or of a TensorFlow checkpoint.",
            "Of a HuggingFace directory: config.json, model.safetensors or pytorch_model.bin (in one file, or"
                    + " in several with their index), vocab.txt or tokenizer.json; or of a TensorFlow checkpoint of"
                    + " ELECTRA's original code, with vocab.txt beside it. Nothing in a file is executed. finetune,"
                    + " predict and pretrain --init-from read what it makes."
        })
public final class ImportCommand implements Callable<Integer> {

    @ParentCommand
    private Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "SOURCE",
            description =
                    "Directory of a discriminator, of a generator, of a fine-tuned model or of an encoder alone; or one with"
                            + " discriminator/ and generator/ in it. Or a checkpoint of TensorFlow with whatever networks it"
                            + " has: its directory (the latest that its file checkpoint names, or the only one), or the"
                            + " prefix of its files, or one of these.")
    private Path source;

    @Option(
            names = "--generator",
            paramLabel = "DIR",
            description = "Directory of the generator that goes with the discriminator; predict needs both, but for"
                    + " --as-is.")
    private Path generator;

    @Option(
            names = "--heads",
            paramLabel = "N",
            description =
                    "Attention heads of the encoder electra/ of a TensorFlow checkpoint, which does not say them (default:"
                            + " one for each 64 of the hidden size, as in the original code).")
    private Integer heads;

    @Option(names = "--generator-heads", paramLabel = "N", description = "The same of the encoder generator/.")
    private Integer generatorHeads;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "A new directory for the model.")
    private Path output;

    @Override
    public Integer call() throws IOException {
        List<Path> sources = generator == null ? List.of(source) : List.of(source, generator);
        HeadCounts counts = new HeadCounts(count("--heads", heads), count("--generator-heads", generatorHeads));
        List<ModelReport> reports = ModelImport.run(sources, counts, output);
        for (ModelReport report : reports) {
            console.out()
                    .printf(
                            Locale.ROOT,
                            "%s: %s, %d tensors, %,d parameters, float32 from %s in %s%n",
                            report.folder(),
                            report.architecture(),
                            report.tensors(),
                            report.parameters(),
                            String.join(" and ", report.types()),
                            report.weights());
            report.notes().forEach(note -> console.out().println("  " + note));
            if (report.types().contains("F64")) {
                console.err()
                        .println(
                                "jelectra: " + report.weights() + " has 64-bit numbers, which were rounded to 32 bits");
            }
        }
        // both networks have the same
        TokenizerFiles tokenizer = TokenizerFiles.load(reports.get(0).folder(), Integer.MAX_VALUE);
        CasingWarning.of(
                        tokenizer.vocabulary(),
                        tokenizer.options(),
                        "{\"do_lower_case\": false} in tokenizer_config.json")
                .ifPresent(warning -> console.err().println("jelectra: " + warning));
        return 0;
    }

    private int count(String option, Integer number) {
        if (number != null && number < 1) {
            throw new CommandLine.ParameterException(spec.commandLine(), option + " must be positive, got " + number);
        }
        return number == null ? 0 : number;
    }
}
