package org.jelectra.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jelectra.backend.Backend;
import org.jelectra.electra.Preset;
import org.jelectra.io.Json;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.bench.OperationTime;
import org.jelectra.pretrain.bench.StepTimer;
import org.jelectra.text.Vocabulary;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra bench}: the time of a training step on this machine. */
@Command(
        name = "bench",
        sortOptions = false,
        description =
                "Times whole training steps, forward, backward and update, on random tokens: milliseconds (20th, 50th and"
                        + " 80th percentile), tokens and floating-point operations per second. Each step is waited for. Counted are"
                        + " the operations in matrix products: a multiplication with its addition is 2, backward twice forward.")
final class BenchCommand implements Callable<Integer> {

    /** [CLS], [SEP] and enough tokens that one is masked. */
    private static final int SHORTEST = 8;

    @ParentCommand
    private Main main;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            converter = ModelOptions.PresetConverter.class,
            description = "tiny, small (default), small++, base or large: model sizes.")
    private Preset preset = Preset.SMALL;

    @Option(names = "--batch", paramLabel = "N", description = "Sequences of a step. Default: the preset's.")
    private Integer batch;

    @Option(names = "--sequence-length", paramLabel = "N", description = "Tokens of a sequence. Default: the preset's.")
    private Integer sequenceLength;

    @Option(names = "--steps", paramLabel = "N", description = "Timed steps. Default: 50.")
    private int steps = 50;

    @Option(names = "--warmup", paramLabel = "N", description = "Steps before these that do not count. Default: 10.")
    private int warmup = 10;

    @Option(
            names = "--parts",
            description =
                    "Time the operations of a step too, one at a time: each time contains its launch and the wait for its"
                            + " end, so that on a GPU their sum is more than a step takes.")
    private boolean parts;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the numbers to a file as well.")
    private Path json;

    @ArgGroup(exclusive = false, validate = false, heading = "%nMachine:%n")
    private BackendOptions backend = new BackendOptions();

    @Override
    public Integer call() throws IOException {
        Vocabulary vocabulary = Vocabulary.bertUncased();
        PretrainSettings settings;
        try {
            backend.check();
            atLeast("--steps", 1, steps);
            atLeast("--warmup", 0, warmup);
            PretrainSettings usual = PretrainSettings.of(preset, vocabulary.size());
            settings = usual.withBatch(
                    batch == null ? usual.batchSize() : batch,
                    1,
                    sequenceLength == null ? usual.sequenceLength() : sequenceLength);
            atLeast("--sequence-length", SHORTEST, settings.sequenceLength());
            // said now rather than after minutes
            if (json != null && Files.isDirectory(json)) {
                throw new IllegalArgumentException("--json needs a file, got the directory " + json);
            }
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        BenchReport report = measure(settings, vocabulary);
        report.print(main.out());
        if (json != null) {
            Json.write(json, report.json());
        }
        return 0;
    }

    private BenchReport measure(PretrainSettings settings, Vocabulary vocabulary) {
        try (Backend opened = backend.open()) {
            StepTimer timer = new StepTimer(opened, settings, vocabulary);
            double[] times = timer.steps(warmup, steps);
            List<OperationTime> operations = List.of();
            double wait = 0;
            if (parts) {
                operations = timer.operations(Math.min(steps, 10));
                wait = timer.waitMilliseconds();
            }
            return new BenchReport(opened, preset, settings, warmup, times, operations, wait);
        }
    }

    private static void atLeast(String option, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException(option + " must be at least " + least + ", got " + value);
        }
    }
}
