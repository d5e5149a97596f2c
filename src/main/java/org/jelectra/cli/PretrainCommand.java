package org.jelectra.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.concurrent.Callable;
import org.jelectra.backend.Backend;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.SnapshotPolicy;
import org.jelectra.pretrain.WarmStart;
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
            description = "Directory for models, snapshots, metrics and curves; must not hold a run."
                    + " Default: runs/PRESET-TIME.")
    private Path output;

    @ArgGroup(exclusive = false, validate = false, heading = "%nBeginning (default: random weights):%n")
    private StartOptions start = new StartOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nText:%n")
    private DataOptions data = new DataOptions();

    @ArgGroup(
            exclusive = false,
            validate = false,
            heading = "%nModel (defaults from the weights of --init-from, else from the preset):%n")
    private ModelOptions model = new ModelOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nTraining (defaults from the preset):%n")
    private TrainingOptions training = new TrainingOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nSnapshots:%n")
    private SnapshotOptions snapshots = new SnapshotOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nMachine:%n")
    private BackendOptions backendOptions = new BackendOptions();

    @Override
    public Integer call() throws IOException {
        Path directory = output;
        RunOptions options;
        try {
            options = RunOptions.of(spec.commandLine().getParseResult());
            if (start.resumes()) {
                directory = start.resumed(output);
                RunDirectory.requireRun(directory);
                options = SettingsFile.options(directory).resumedWith(options);
            }
        } catch (IllegalArgumentException e) {
            throw usage(e);
        }
        return start.resumes()
                ? main.pretrain(options.arguments()).run(directory, options, true)
                : run(directory, options, false);
    }

    private int run(Path directory, RunOptions options, boolean resumes) throws IOException {
        ShardManifest manifest = data.manifest();
        WarmStart warmStart = start.warmStart();
        if (warmStart != null) {
            data.defaultVocabulary(warmStart.vocabulary());
        }
        Integer length = manifest == null ? null : manifest.sequenceLength();
        SnapshotPolicy policy;
        PretrainSettings settings;
        PackingOptions packing;
        Backend backend;
        try {
            policy = snapshots.policy();
            model.requireWeights(warmStart);
            settings = training.settings(
                    model.preset(), model.config(data.vocabularySize(manifest), warmStart), length, null);
            packing = data.packing(manifest, settings.sequenceLength());
            backend = backendOptions.open();
        } catch (IllegalArgumentException e) {
            throw usage(e);
        }
        Path place = directory == null ? RunDirectory.unused(model.preset().label(), LocalDateTime.now()) : directory;
        try (backend;
                RunDirectory locked = resumes ? RunDirectory.reopen(place) : RunDirectory.prepare(place)) {
            TrainingText text = data.load(manifest, packing, model.preset(), backendOptions.threads(), settings.seed());
            settings = training.settings(
                    model.preset(),
                    model.config(text.vocabulary().size(), warmStart),
                    length,
                    text.packed().training().size());
            RunPlan plan = new RunPlan(
                    locked.path(), model.preset().label(), options, resumes, warmStart, policy, training.maxHours());
            return new PretrainRun(main.out(), main.terminal(), backend, settings, text, plan).run();
        }
    }

    private CommandLine.ParameterException usage(IllegalArgumentException e) {
        return new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
}
