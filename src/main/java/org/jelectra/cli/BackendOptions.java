package org.jelectra.cli;

import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.tensor.DType;
import picocli.CommandLine.Option;

/** What computes. */
final class BackendOptions {

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "auto (default: cuda where it can run, else cpu), cpu or cuda.")
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

    int threads() {
        return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /**
     * The backend; what auto stands for is found out once, so that all that a command opens are of one kind. Throws
     * IllegalArgumentException for an unknown name, UnsupportedOperationException where it cannot run here.
     */
    Backend open() {
        Backend opened = Backends.open(
                chosen == null ? backend : chosen, threads(), precision == null ? null : precision.values);
        chosen = opened.name();
        return opened;
    }
}
