package org.jelectra.cli.console;

import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.tensor.DType;
import picocli.CommandLine.Option;

/** What computes. */
public final class BackendOptions {

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description =
                    "auto (default: cuda where it can run, else cpu), cpu or cuda. Of several GPUs it takes the first one that the"
                            + " environment variable CUDA_VISIBLE_DEVICES leaves: CUDA_VISIBLE_DEVICES=1 is the second.")
    private String backend = Backends.AUTO;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of the CPU backend. Default: all processors.")
    private Integer threads;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description =
                    "bf16 or float32: what activations are computed in. Default: bf16 on cuda; cpu has float32 only.")
    private Precision precision;

    private String chosen;

    /** Names of value types on the command line. */
    enum Precision {
        BF16(DType.BFLOAT16),
        FLOAT32(DType.FLOAT32);

        private final DType values;

        Precision(DType values) {
            this.values = values;
        }
    }

    /** Throws IllegalArgumentException for a number out of range. */
    public int threads() {
        return Threads.of(threads);
    }

    /**
     * Throws IllegalArgumentException for an unknown name, a precision that the named backend does not have, and a number of
     * threads out of range.
     */
    public void check() {
        threads();
        if (!List.of(Backends.AUTO, Backends.CPU, Backends.CUDA).contains(backend)) {
            throw new IllegalArgumentException("no backend is named '" + backend + "'; there are auto, cpu and cuda");
        }
        if (backend.equals(Backends.CPU) && precision == Precision.BF16) {
            throw new IllegalArgumentException("the backend cpu computes in float32; bf16 needs the backend cuda");
        }
    }

    /**
     * These options for a run that goes on, which keeps its precision where none was asked for: float32 also where a GPU would compute in
     * bf16. What was computed in bf16 goes on so wherever a GPU can run.
     *
     * @param values of the run so far; null where they are not known
     */
    public BackendOptions goingOnIn(DType values) {
        BackendOptions options = new BackendOptions();
        options.backend = backend;
        options.threads = threads;
        options.precision = precision == null && values == DType.FLOAT32 ? Precision.FLOAT32 : precision;
        options.chosen = chosen;
        return options;
    }

    /** Whether the options leave room for that backend with that type of values. */
    public boolean admits(String name, DType values) {
        return (backend.equals(Backends.AUTO) || backend.equals(name))
                && (precision == null || precision.values == values);
    }

    /** Whether what was opened is the processor, only because auto found nothing else that can run. */
    public boolean isOnCpuUnasked() {
        return backend.equals(Backends.AUTO) && Backends.CPU.equals(chosen);
    }

    /**
     * The backend; what auto stands for is found out once, so that all that a command opens are of one kind. Throws
     * IllegalArgumentException as {@link #check}, UnsupportedOperationException where it cannot run here.
     */
    public Backend open() {
        Backend opened = Backends.open(
                chosen == null ? backend : chosen, threads(), precision == null ? null : precision.values);
        chosen = opened.name();
        return opened;
    }
}
