package org.jelectra.cli.pretrain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import org.jelectra.backend.Backends;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.cli.console.BackendOptions;
import org.jelectra.cli.console.Console;
import org.jelectra.electra.Preset;
import org.jelectra.gpu.DeviceProperties;
import org.jelectra.gpu.GpuUnavailableException;
import org.jelectra.pretrain.MemoryNeed;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.SnapshotPolicy;
import org.jelectra.tensor.DType;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.shards.ShardManifest;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra plan}: the memory and disk of a run before it starts. */
@Command(
        name = "plan",
        sortOptions = false,
        description = {
            "Prints the memory and disk that 'pretrain' takes with the same options, and whether this machine has"
                    + " the memory.",
            "By part, on each backend and in each precision, or in those that are named. Needs no device. Text"
                    + " is read only where its vocabulary is to be cut down. Not counted are, on a GPU, what the driver"
                    + " takes for itself and the kernels' code, and on the CPU the text and what kernels use for a"
                    + " moment."
        })
public final class PlanCommand implements Callable<Integer> {

    /** Hundreds of times what the largest GPUs have: more is a slip, such as bytes. */
    private static final int MOST_GIGABYTES = 200_000;

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--device-memory",
            paramLabel = "GB",
            description = "Memory of the GPU that is meant. Default: what is free on the one of this machine, if any.")
    private Double deviceMemory;

    @Mixin
    private PretrainOptions options = new PretrainOptions();

    /** One way to run; {@code available} is negative where it is not known. */
    private record Column(String title, MemoryNeed need, long available) {}

    @Override
    public Integer call() throws IOException {
        List<Column> columns;
        SnapshotPolicy policy;
        try {
            PretrainOptions.Request request = options.request(spec.commandLine().getParseResult());
            PretrainOptions asked = request.options();
            if (request.note() != null) {
                console.out().println(request.note());
            }
            asked.backend.check();
            policy = asked.snapshots.policy();
            if (deviceMemory != null && !(deviceMemory > 0 && deviceMemory <= MOST_GIGABYTES)) {
                throw new IllegalArgumentException("--device-memory must be a number of GB above 0 and at most "
                        + MOST_GIGABYTES + ", got " + deviceMemory);
            }
            ShardManifest manifest = asked.data.manifest();
            RunWeights weights = request.weights();
            Preset preset = weights.preset();
            Integer length = manifest == null ? null : manifest.sequenceLength();
            int vocabulary = asked.data.vocabularySize(manifest, preset, asked.backend.threads());
            PretrainSettings settings = asked.training.settings(preset, weights.config(vocabulary), length, null);
            PackingOptions packing = asked.data.packing(manifest, settings.sequenceLength());
            weights.requireSizes(settings.model());
            columns = columns(asked.backend, settings, packing.heldOutFraction() > 0);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        print(columns, policy);
        return 0;
    }

    private List<Column> columns(BackendOptions backend, PretrainSettings settings, boolean evaluates) {
        List<Column> columns = new ArrayList<>();
        if (backend.admits(Backends.CPU, DType.FLOAT32)) {
            columns.add(
                    new Column("cpu float32", MemoryNeed.onCpu(settings, evaluates), MemoryRoom.ofVirtualMachine()));
        }
        DeviceProperties device = MemoryNeed.LARGE_DEVICE;
        long free = -1;
        if (backend.admits(Backends.CUDA, DType.FLOAT32) || backend.admits(Backends.CUDA, DType.BFLOAT16)) {
            try (CudaBackend cuda = CudaBackend.open(DType.FLOAT32)) {
                device = cuda.device();
                free = cuda.freeMemory();
            } catch (GpuUnavailableException e) {
                // the plan may be for another machine
            }
        }
        if (deviceMemory != null) {
            free = (long) (1e9 * deviceMemory);
        }
        for (DType values : List.of(DType.FLOAT32, DType.BFLOAT16)) {
            if (backend.admits(Backends.CUDA, values)) {
                columns.add(new Column(
                        values == DType.FLOAT32 ? "cuda float32" : "cuda bf16",
                        MemoryNeed.onCuda(settings, values, device, evaluates),
                        free));
            }
        }
        return columns;
    }

    private void print(List<Column> columns, SnapshotPolicy policy) {
        StringBuilder titles = new StringBuilder(String.format(Locale.ROOT, "%-12s", "MB"));
        columns.forEach(column -> titles.append(String.format(Locale.ROOT, " %14s", column.title)));
        console.out().println(titles);
        line("parameters", columns, MemoryNeed::parameters);
        line("gradients", columns, MemoryNeed::gradients);
        line("moments", columns, MemoryNeed::moments);
        line("bf16 copies", columns, MemoryNeed::copies);
        line("activations", columns, MemoryNeed::activations);
        line("batch", columns, MemoryNeed::batch);
        line("evaluation", columns, MemoryNeed::evaluation);
        line("kernels", columns, MemoryNeed::kernels);
        line("total", columns, MemoryNeed::total);
        for (Column column : columns) {
            if (column.available >= 0) {
                boolean fits = column.need.total() <= column.available;
                console.out()
                        .printf(
                                Locale.ROOT,
                                "%s %s: %.2f MB are there%s%n",
                                column.title,
                                fits ? "fits" : "does not fit",
                                column.available / 1e6,
                                fits ? "" : remedy(column));
            }
        }
        MemoryNeed need = columns.get(0).need;
        console.out()
                .printf(
                        Locale.ROOT,
                        "disk: snapshots of %.2f MB each, the latest %d and %d milestones%n",
                        (need.parameters() + need.moments()) / 1e6,
                        policy.keep(),
                        SnapshotPolicy.milestones());
    }

    private static String remedy(Column column) {
        return (column.title.startsWith("cpu") ? MemoryRoom.more(column.need) : "") + MemoryRoom.LESS;
    }

    private void line(String part, List<Column> columns, ToLongFunction<MemoryNeed> bytes) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-12s", part));
        for (Column column : columns) {
            line.append(String.format(Locale.ROOT, " %14.2f", bytes.applyAsLong(column.need) / 1e6));
        }
        console.out().println(line);
    }
}
