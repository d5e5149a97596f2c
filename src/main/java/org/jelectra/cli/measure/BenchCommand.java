package org.jelectra.cli.measure;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jelectra.backend.Backend;
import org.jelectra.backend.check.Trial;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.cli.console.BackendOptions;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.console.PresetConverter;
import org.jelectra.cli.console.UnusedOptions;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Preset;
import org.jelectra.io.AtomicFile;
import org.jelectra.io.Json;
import org.jelectra.pretrain.MemoryNeed;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.bench.OperationTime;
import org.jelectra.pretrain.bench.OperationTimer;
import org.jelectra.pretrain.bench.StepOperations;
import org.jelectra.pretrain.bench.StepTimer;
import org.jelectra.pretrain.bench.TimedOperation;
import org.jelectra.tensor.DType;
import org.jelectra.text.Vocabulary;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra bench}: the time of a training step, or of every operation, on this machine. */
@Command(
        name = "bench",
        sortOptions = false,
        description = {
            "Times whole training steps, forward, backward and update, on random tokens.",
            "Prints milliseconds (20th, 50th and 80th percentile), tokens and floating-point operations per"
                    + " second. A time is that from the end of one step to the end of the next; a GPU is given the next"
                    + " one meanwhile, as in training. Counted are the operations in matrix products: a multiplication"
                    + " with its addition is 2, backward twice forward. With --operations every operation of the backend"
                    + " is timed instead, alone, at the sizes of the step."
        })
public final class BenchCommand implements Callable<Integer> {

    /** [CLS], [SEP] and enough tokens that one is masked. */
    private static final int SHORTEST = 8;

    /** More than the caches that a processor of a server gives to a few threads. */
    private static final long EVICTED_ON_CPU = 64 << 20;

    /** Writing it takes longer than the host needs for the launches of an operation, twice. */
    private static final long EVICTED_ON_GPU = 1L << 30;

    /** Steps enough for a median, and as many of the operations one by one. */
    private static final int FEW_STEPS = 10;

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            converter = PresetConverter.class,
            completionCandidates = PresetConverter.class,
            description = "tiny, small (default), small++, base or large: sizes of model and vocabulary.")
    private Preset preset = Preset.SMALL;

    @Option(
            names = "--objective",
            paramLabel = "NAME",
            description = "electra (default), electra-15, replace-mlm, all-tokens-mlm or mlm: what the step trains.")
    private Objective objective = Objective.ELECTRA;

    @Option(names = "--batch", paramLabel = "N", description = "Sequences of a step. Default: the preset's.")
    private Integer batch;

    @Option(names = "--sequence-length", paramLabel = "N", description = "Tokens of a sequence. Default: the preset's.")
    private Integer sequenceLength;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Timed steps, or timed runs of each operation. Default: 50.")
    private int steps = 50;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            description = "Steps or runs before them that do not count. Default: 10.")
    private int warmup = 10;

    @Option(
            names = "--parts",
            description =
                    "Time the operations of a step too, one at a time: each time contains its launch and the wait for its"
                            + " end, so that on a GPU their sum is more than a step takes.")
    private boolean parts;

    @Option(
            names = "--operations",
            description =
                    "Time every operation at the sizes of both networks, and all products of the step, on random numbers: cold,"
                            + " when no operand is in a cache, and warm, right after the same operation; by events on a GPU. Tells"
                            + " what part of the time the bytes and products that it must move and do would take at the peaks.")
    private boolean operations;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the numbers to a file as well.")
    private Path json;

    @ArgGroup(exclusive = false, validate = false, heading = "%nPeaks, for the floors of --operations:%n")
    private PeakOptions peaks = new PeakOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nMachine:%n")
    private BackendOptions backend = new BackendOptions();

    @Override
    public Integer call() throws IOException {
        Vocabulary vocabulary = vocabulary();
        PretrainSettings settings;
        try {
            backend.check();
            atLeast("--steps", 1, steps);
            atLeast("--warmup", 0, warmup);
            PretrainSettings usual = PretrainSettings.of(preset, vocabulary.size(), objective);
            settings = usual.withBatch(
                    batch == null ? usual.batchSize() : batch,
                    1,
                    sequenceLength == null ? usual.sequenceLength() : sequenceLength);
            atLeast("--sequence-length", SHORTEST, settings.sequenceLength());
            if (operations && parts) {
                throw new IllegalArgumentException("--operations and --parts are two measurements; give one of them");
            }
            if (!operations) {
                UnusedOptions.refuse(spec, "--operations", "--peak-bandwidth", "--peak-flops");
            }
            peaks.check();
            // said now rather than after minutes
            if (json != null && Files.isDirectory(json)) {
                throw new IllegalArgumentException("--json needs a file, got the directory " + json);
            }
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        if (json != null) {
            AtomicFile.requireWritable(json);
        }
        try (Backend opened = backend.open()) {
            BenchSubject subject = BenchSubject.of(opened, preset, settings, warmup, steps);
            if (operations) {
                timeOperations(opened, subject).print(console.out());
            } else {
                BenchReport report = timeSteps(opened, subject, vocabulary);
                report.print(console.out());
                write(report.json());
            }
        }
        return 0;
    }

    /** As many tokens as the preset's runs have by default; which ones does not matter, as the text is random. */
    private Vocabulary vocabulary() throws IOException {
        Vocabulary whole = Vocabulary.bertUncased();
        int size = preset.vocabularySize() == 0 ? whole.size() : preset.vocabularySize();
        return Vocabulary.of(IntStream.range(0, size).mapToObj(whole::token).toList());
    }

    private void write(JsonObject measured) throws IOException {
        if (json != null) {
            Json.write(json, measured);
        }
    }

    /** The file is written as soon as there are times: they are not lost where what follows fails or time runs out. */
    private BenchReport timeSteps(Backend opened, BenchSubject subject, Vocabulary vocabulary) throws IOException {
        StepTimer timer = new StepTimer(opened, subject.settings(), vocabulary);
        double[] times = timer.steps(warmup, steps);
        write(new BenchReport(subject, times, Double.NaN, List.of(), 0).json());
        int few = Math.min(steps, FEW_STEPS);
        double host = opened instanceof CudaBackend ? timer.hostMilliseconds(few) : Double.NaN;
        if (!parts) {
            return new BenchReport(subject, times, host, List.of(), 0);
        }
        List<OperationTime> operationTimes = timer.operations(few);
        return new BenchReport(subject, times, host, operationTimes, timer.waitMilliseconds());
    }

    /** The file is written anew after each operation: what is measured is not lost where a later one fails or time runs out. */
    private OperationsReport timeOperations(Backend opened, BenchSubject subject) throws IOException {
        long weights = MemoryNeed.onCpu(subject.settings(), false).parameters();
        int parameters = Math.toIntExact(weights / DType.FLOAT32.bytes());
        Collection<Trial> trials = StepOperations.of(subject.settings(), parameters, opened::logitsWidth);
        long evicted = opened instanceof CudaBackend ? EVICTED_ON_GPU : EVICTED_ON_CPU;
        OperationTimer timer = new OperationTimer(opened, trials, evicted, warmup, steps);
        List<TimedOperation> timed = new ArrayList<>();
        OperationsReport report = new OperationsReport(subject, peaks.of(opened), evicted, timed);
        for (Trial trial : trials) {
            timed.add(timer.time(trial));
            write(report.json());
        }
        return report;
    }

    private static void atLeast(String option, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException(option + " must be at least " + least + ", got " + value);
        }
    }
}
