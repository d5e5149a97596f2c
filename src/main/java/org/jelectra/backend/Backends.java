package org.jelectra.backend;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.gpu.GpuException;
import org.jelectra.gpu.GpuUnavailableException;
import org.jelectra.tensor.DType;

/** Opens backends by name, and tells which can run here. */
public final class Backends {

    /** Stands for cuda where it can run, else cpu. */
    public static final String AUTO = "auto";

    /** On the processor, in float32. */
    public static final String CPU = "cpu";

    /** On the first NVIDIA GPU, in bf16 or float32. */
    public static final String CUDA = "cuda";

    private static final System.Logger LOGGER = System.getLogger(Backends.class.getName());
    /** Why the backend cuda could not run the last time: every model opens a backend, and once is enough. */
    private static final AtomicReference<String> TOLD = new AtomicReference<>();

    private Backends() {}

    /** Opens a backend with its default value type: BFLOAT16 for cuda, FLOAT32 for cpu. See the other method. */
    public static Backend open(String name, int threads) {
        return open(name, threads, null);
    }

    /**
     * Opens a backend. {@code auto} is cuda where that can run and else cpu; then the reason is logged at level INFO, and
     * {@link #available} tells it. A choice by name that is impossible fails instead of falling back to another.
     *
     * @param name {@code auto}, {@code cpu} or {@code cuda}
     * @param threads threads of the CPU backend, at least 1
     * @param values FLOAT32, or BFLOAT16, which only cuda has; null for the backend's default
     * @throws IllegalArgumentException for another name, or a value type that the backend does not have
     * @throws UnsupportedOperationException where the backend cannot run here; the message says why
     */
    public static Backend open(String name, int threads, DType values) {
        if (threads < 1) {
            throw new IllegalArgumentException("the number of threads must be positive, got " + threads);
        }
        return switch (name) {
            case AUTO -> cudaElseCpu(threads, values);
            case CPU -> cpu(threads, values);
            case CUDA -> cuda(values);
            default ->
                throw new IllegalArgumentException("no backend is named '" + name + "'; there are auto, cpu and cuda");
        };
    }

    private static Backend cudaElseCpu(int threads, DType values) {
        try {
            return cuda(values);
        } catch (UnsupportedOperationException unavailable) {
            if (values == DType.BFLOAT16) {
                throw unavailable;
            }
            String reason = unavailable.getCause().getMessage();
            if (!reason.equals(TOLD.getAndSet(reason))) {
                LOGGER.log(System.Logger.Level.INFO, "computing on the backend cpu: " + reason);
            }
            return cpu(threads, values);
        }
    }

    private static Backend cpu(int threads, DType values) {
        if (values != null && values != DType.FLOAT32) {
            throw new IllegalArgumentException("the backend cpu computes in float32; bf16 needs the backend cuda");
        }
        return CpuBackend.create(threads);
    }

    private static Backend cuda(DType values) {
        try {
            return CudaBackend.open(values == null ? DType.BFLOAT16 : values);
        } catch (GpuUnavailableException e) {
            throw new UnsupportedOperationException(
                    "the backend cuda cannot run here: " + e.getMessage() + "; the backend cpu can, in float32", e);
        }
    }

    /** Every backend, cuda first: what it would compute on, or why it cannot. Opens each for a moment. */
    public static List<Availability> available() {
        return List.of(
                probe(CUDA, () -> CudaBackend.open(DType.BFLOAT16)),
                probe(CPU, () -> CpuBackend.create(Runtime.getRuntime().availableProcessors())));
    }

    private static Availability probe(String name, Supplier<Backend> open) {
        try (Backend backend = open.get()) {
            return Availability.of(backend);
        } catch (GpuException | IllegalStateException e) {
            return Availability.not(name, e.getMessage());
        }
    }
}
