package org.jelectra.cli.pretrain;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.concurrent.Callable;
import org.jelectra.backend.Backend;
import org.jelectra.cli.console.Console;
import org.jelectra.electra.Preset;
import org.jelectra.pretrain.MemoryNeed;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.SnapshotPolicy;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.shards.ShardManifest;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra pretrain}: checks what it was asked for before any work, then hands over to {@link PretrainRun}. */
@Command(
        name = "pretrain",
        sortOptions = false,
        description = "Pre-trains generator and discriminator together on text, and shows what they learnt.")
public final class PretrainCommand implements Callable<Integer> {

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Mixin
    private PretrainOptions options = new PretrainOptions();

    @Override
    public Integer call() throws IOException {
        PretrainOptions.Request request;
        try {
            request = options.request(spec.commandLine().getParseResult());
        } catch (IllegalArgumentException e) {
            throw usage(e);
        }
        if (request.note() != null) {
            console.out().println(request.note());
        }
        return run(request, request.options());
    }

    private int run(PretrainOptions.Request request, PretrainOptions asked) throws IOException {
        ShardManifest manifest = asked.data.manifest();
        RunWeights weights = request.weights();
        Preset preset;
        Integer length = manifest == null ? null : manifest.sequenceLength();
        SnapshotPolicy policy;
        PretrainSettings settings;
        PackingOptions packing;
        Backend backend;
        try {
            policy = asked.snapshots.policy();
            preset = weights.preset();
            settings = asked.training.settings(
                    preset, weights.config(asked.data.vocabularySize(manifest, preset)), length, null);
            packing = asked.data.packing(manifest, settings.sequenceLength());
            if (!asked.data.cutsVocabulary(manifest, preset)) {
                weights.requireSizes(settings.model());
                weights.requireVocabulary(asked.data.vocabulary(manifest), asked.data.wordPiece(manifest));
            }
            backend = asked.backend.open();
        } catch (IllegalArgumentException e) {
            throw usage(e);
        }
        Path place = request.directory() == null
                ? RunDirectory.unused(preset.label(), LocalDateTime.now())
                : request.directory();
        try (backend;
                RunDirectory locked = request.resumes() ? RunDirectory.reopen(place) : RunDirectory.prepare(place)) {
            requireRoom(settings, packing, backend);
            TrainingText text = asked.data.load(manifest, packing, preset, asked.backend.threads(), settings.seed());
            String otherText = request.warningOfOtherText(text);
            if (otherText != null) {
                console.out().println(otherText);
            }
            settings = asked.training.settings(
                    preset,
                    weights.config(text.vocabulary().size()),
                    length,
                    text.packed().training().size());
            RunOptions begunWith = request.given();
            // hours that are given are what the run takes
            boolean limited = asked.training.fitHours() != null || asked.training.maxHours() != null;
            if (asked.training.fitHours() != null) {
                int steps = fittingSteps(asked, settings, text);
                asked.training.fit(steps);
                begunWith = begunWith.fitted(steps);
                settings = asked.training.settings(
                        preset,
                        settings.model(),
                        length,
                        text.packed().training().size());
            }
            RunPlan plan = new RunPlan(
                    locked.path(),
                    preset.label(),
                    weights.tellPreset() ? begunWith.orElse("--preset", preset.label()) : begunWith,
                    request.resumes(),
                    weights,
                    policy,
                    asked.training.maxHours(),
                    asked.backend.isOnCpuUnasked() && !limited);
            return new PretrainRun(console.out(), console.terminal(), backend, settings, text, plan).run();
        }
    }

    /** On a backend of its own: the memory of a model is free again when its backend is closed. */
    private int fittingSteps(PretrainOptions asked, PretrainSettings settings, TrainingText text) throws IOException {
        try (Backend backend = asked.backend.open()) {
            return FittedSteps.find(console.out(), backend, asked.training, settings, text);
        } catch (IllegalArgumentException e) {
            throw usage(e);
        }
    }

    /** Text may take long to read, only to find no room for the model after it. */
    private void requireRoom(PretrainSettings settings, PackingOptions packing, Backend backend) {
        MemoryNeed need;
        try {
            need = MemoryNeed.of(settings, backend, packing.heldOutFraction() > 0);
        } catch (IllegalArgumentException e) {
            throw usage(e);
        }
        MemoryRoom.require(need, backend);
    }

    private CommandLine.ParameterException usage(IllegalArgumentException e) {
        return new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
}
