package org.jelectra.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import org.jelectra.pretrain.MemoryNeed;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.tensor.DType;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra plan}: the memory of a run before it starts. */
@Command(
        name = "plan",
        sortOptions = false,
        description =
                "Prints the memory that 'pretrain' needs with the same options, by part, in float32 (cpu and cuda) and"
                        + " in bf16 (cuda). Needs no device. Memory that kernels use for a moment, and that of evaluations, come on top.")
final class PlanCommand implements Callable<Integer> {

    @ParentCommand
    private Main main;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--vocab-size",
            paramLabel = "N",
            defaultValue = "30522",
            description = "Tokens of the vocabulary. Default: ${DEFAULT-VALUE}.")
    private int vocabularySize;

    @ArgGroup(exclusive = false, validate = false, heading = "%nModel (defaults from the preset):%n")
    private ModelOptions model = new ModelOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nTraining (defaults from the preset):%n")
    private TrainingOptions training = new TrainingOptions();

    @Override
    public Integer call() {
        PretrainSettings settings;
        try {
            settings = training.settings(model.preset(), model.config(vocabularySize), null, null);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        MemoryNeed wide = MemoryNeed.of(settings, DType.FLOAT32);
        MemoryNeed narrow = MemoryNeed.of(settings, DType.BFLOAT16);
        main.out().printf("%-12s %14s %14s%n", "MB", "float32", "bf16 (cuda)");
        line("parameters", wide.parameters(), narrow.parameters());
        line("gradients", wide.gradients(), narrow.gradients());
        line("moments", wide.moments(), narrow.moments());
        line("bf16 copies", wide.copies(), narrow.copies());
        line("activations", wide.activations(), narrow.activations());
        line("batch", wide.batch(), narrow.batch());
        line("total", wide.total(), narrow.total());
        return 0;
    }

    private void line(String part, long wide, long narrow) {
        main.out().printf(Locale.ROOT, "%-12s %14.2f %14.2f%n", part, wide / 1e6, narrow / 1e6);
    }
}
