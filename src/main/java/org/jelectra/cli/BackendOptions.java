package org.jelectra.cli;

import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import picocli.CommandLine.Option;

/** What computes. */
final class BackendOptions {

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "auto (default: the fastest there is), cpu or cuda.")
    private String backend = Backends.AUTO;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of the CPU backend. Default: all processors.")
    private Integer threads;

    int threads() {
        return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /** Throws IllegalArgumentException for an unknown name, UnsupportedOperationException where it cannot run here. */
    Backend open() {
        return Backends.open(backend, threads());
    }
}
