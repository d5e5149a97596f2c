package org.jelectra.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.concurrent.Callable;
import org.jelectra.backend.Backend;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.shards.ShardManifest;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra pretrain}: checks what it was asked for before any work, then hands over to {@link PretrainRun}. */
@Command(
        name = "pretrain",
        sortOptions = false,
        description = "Pre-trains generator and discriminator together on text, and shows what they learnt.")
final class PretrainCommand implements Callable<Integer> {

    @ParentCommand
    private Main main;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Directory for models, metrics and curves; must not hold a run. Default: runs/PRESET-TIME.")
    private Path output;

    @ArgGroup(exclusive = false, validate = false, heading = "%nText:%n")
    private DataOptions data = new DataOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nModel (defaults from the preset):%n")
    private ModelOptions model = new ModelOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nTraining (defaults from the preset):%n")
    private TrainingOptions training = new TrainingOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nMachine:%n")
    private BackendOptions backendOptions = new BackendOptions();

    @Override
    public Integer call() throws IOException {
        ShardManifest manifest = data.manifest();
        int vocabularySize = data.vocabularySize(manifest);
        Integer length = manifest == null ? null : manifest.sequenceLength();
        PretrainSettings settings;
        PackingOptions packing;
        Backend backend;
        try {
            settings = training.settings(model.preset(), model.config(vocabularySize), length);
            packing = data.packing(manifest, settings.sequenceLength());
            backend = backendOptions.open();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        try (backend) {
            Path directory = output == null ? RunDirectory.unused(model.preset().label(), LocalDateTime.now()) : output;
            RunDirectory.prepare(directory);
            TrainingText text = data.load(manifest, packing, model.preset(), backendOptions.threads(), settings.seed());
            settings = training.settings(
                    model.preset(), model.config(text.vocabulary().size()), length);
            new PretrainRun(main.out(), main.terminal(), directory, backend, settings, text)
                    .run(model.preset().label());
        }
        return 0;
    }
}
