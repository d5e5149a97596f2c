package org.jelectra.backend;

import org.jelectra.backend.cpu.CpuBackend;

/** Opens backends by name. */
public final class Backends {

    /** Stands for the fastest backend of this machine. */
    public static final String AUTO = "auto";

    private Backends() {}

    /**
     * Opens a backend; a forced choice that is impossible fails instead of falling back to another.
     *
     * @param name {@code auto}, {@code cpu} or {@code cuda}
     * @param threads threads of the CPU backend, at least 1
     * @throws IllegalArgumentException for another name
     * @throws UnsupportedOperationException where the backend cannot run here; the message says why
     */
    public static Backend open(String name, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("the number of threads must be positive, got " + threads);
        }
        return switch (name) {
            case AUTO, "cpu" -> CpuBackend.create(threads);
            case "cuda" ->
                throw new UnsupportedOperationException(
                        "the backend cuda is not part of this version; use cpu, or auto for the fastest that there is");
            default ->
                throw new IllegalArgumentException("no backend is named '" + name + "'; there are auto, cpu and cuda");
        };
    }
}
