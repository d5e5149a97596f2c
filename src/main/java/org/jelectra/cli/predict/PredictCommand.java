package org.jelectra.cli.predict;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jelectra.backend.Backend;
import org.jelectra.cli.console.BackendOptions;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.console.UnusedOptions;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.Sampler;
import org.jelectra.inference.MaskFiller;
import org.jelectra.inference.ModelKind;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.RunSoFar;
import org.jelectra.text.batch.MaskingOptions;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra predict}: what a model makes of a text. */
@Command(
        name = "predict",
        sortOptions = false,
        description = {
            "Shows what a model makes of texts.",
            "Of a pre-trained model: for each text, the generator's replacements and the discriminator's probability for"
                    + " every token that it was replaced.",
            "Of a generator alone, or a model by masked-language modelling: the likeliest tokens for every [MASK] of a text.",
            "Of a fine-tuned model: labels, numbers, tags or answers. A pair of texts is divided by a tab; JSON objects have"
                    + " text and text_pair (see --text-field), text or words (tagging), or question and context, and may have an"
                    + " id."
        })
public final class PredictCommand implements Callable<Integer> {

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Mixin
    private InputOptions input = new InputOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "Pre-trained models:%n")
    private Pretrained pretrained = new Pretrained();

    /** What a pre-trained model does. */
    static final class Pretrained {

        @Option(
                names = "--as-is",
                description = "Replace nothing: the discriminator, which may be alone, judges the text as it is given.")
        private boolean asIs;

        @Option(
                names = "--mask-prob",
                paramLabel = "P",
                description = "Share of the tokens that the generator has to guess. Default: as in the training, where"
                        + " MODEL is a run of pretrain, whose other options of masking count as well; else 0.15.")
        private Double maskProbability;

        @Option(
                names = "--temperature",
                paramLabel = "T",
                description = "Divides the generator's logits. Default: as in the training, else 1.")
        private Float temperature;

        @Option(names = "--seed", paramLabel = "N", description = "Another seed masks other tokens. Default: 1.")
        private long seed = 1;

        /** Masks of a run; those of ELECTRA where there is none. */
        MaskingOptions masking(PretrainSettings run) {
            MaskingOptions trained = run == null ? MaskingOptions.standard() : run.masking();
            return maskProbability == null ? trained : trained.withMaskProbability(maskProbability);
        }

        LossOptions options(PretrainSettings run) {
            float trained = run == null ? 1 : run.losses().temperature();
            return new LossOptions(1, 1, temperature == null ? trained : temperature, Sampler.MULTINOMIAL);
        }
    }

    @ArgGroup(exclusive = false, validate = false, heading = "Fine-tuned models and generators:%n")
    private TaskPrediction task = new TaskPrediction();

    @Mixin
    private BackendOptions backendOptions = new BackendOptions();

    @Override
    public Integer call() throws IOException {
        Path directory = input.model();
        boolean tuned = ModelKind.isTask(directory);
        if (tuned || !pretrained.asIs && TaskPrediction.fillsMasks(directory)) {
            refuse(
                    pretrained,
                    tuned
                            ? "a pre-trained model, " + directory + " is fine-tuned"
                            : "a discriminator, " + directory + " has none",
                    List.of());
            try {
                task.run(input, backendOptions, console);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
            }
            return 0;
        }
        if (Files.exists(directory)) {
            refuse(
                    task,
                    "a fine-tuned model or a generator alone, " + directory + " is neither"
                            + (pretrained.asIs ? "" : "; --json and --tsv of a discriminator need --as-is"),
                    pretrained.asIs ? List.of("--json", "--tsv", "--batch") : List.of());
        }
        if (pretrained.asIs) {
            UnusedOptions.refuse(
                    spec, "the generator, which --as-is leaves out", "--mask-prob", "--temperature", "--seed");
            requireExisting(directory);
            try {
                task.judge(input, backendOptions, console);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
            }
            return 0;
        }
        PretrainSettings run =
                Files.isRegularFile(directory.resolve(RunSoFar.SETTINGS)) ? RunSoFar.settings(directory) : null;
        MaskingOptions masking;
        LossOptions options;
        Backend backend;
        try {
            masking = pretrained.masking(run);
            options = pretrained.options(run);
            backend = backendOptions.open();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        try (backend) {
            requireExisting(directory);
            PrintStream out = console.out();
            PretrainedPrediction prediction = new PretrainedPrediction(
                    backend, directory, options, masking, pretrained.seed, console.terminal(), out);
            InputOptions.LineConsumer each = (line, json, where) -> {
                String text = text(line, json, where);
                requireNoMask(text, directory, where);
                prediction.show(text);
            };
            input.forEach(console, each, () -> {});
        }
        return 0;
    }

    private static void requireExisting(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            throw new NoSuchFileException(directory.toString());
        }
    }

    /** Here the masks are drawn; one of the text would be taken for punctuation around a word. */
    private static void requireNoMask(String text, Path directory, String where) throws IOException {
        if (text.contains(MaskFiller.MASK)) {
            throw new IOException(where + ": has " + MaskFiller.MASK + "; for the tokens that are likely there, give "
                    + directory.resolve(ElectraModel.GENERATOR) + " as MODEL");
        }
    }

    private String text(String line, boolean json, String where) throws IOException {
        return json ? new JsonRow(line, where, input.fields(null)).text() : line;
    }

    /** Options of the other kind of model are an error, not ignored. */
    private void refuse(Object group, String needed, List<String> but) {
        String[] names = spec.options().stream()
                .filter(option -> option.userObject() != null && owner(option) == group.getClass())
                .map(CommandLine.Model.OptionSpec::longestName)
                .filter(name -> !but.contains(name))
                .toArray(String[]::new);
        UnusedOptions.refuse(spec, needed, names);
    }

    private static Class<?> owner(CommandLine.Model.OptionSpec option) {
        return ((java.lang.reflect.Field) option.userObject()).getDeclaringClass();
    }
}
