package org.jelectra.backend.cuda;

import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.DType;

/**
 * Matrix products with what a linear layer does to their results. Factors are FLOAT32 (exact float32 arithmetic) or BFLOAT16
 * (tensor cores, float sums). Matrices may begin at any element and have rows of any length; at 16-byte boundaries copies
 * take fewer instructions.
 * Kernels: {@code kernels/gemm_bf16.cu}, {@code kernels/gemm_f32.cu}.
 */
final class Gemm {

    /** Bytes that a forward product stores at a time at most. */
    private static final int STORE_BYTES = 16;
    /** Columns that gradients store at a time at most. */
    static final int VECTOR = 4;

    private final Device device;

    Gemm(Device device) {
        this.device = device;
    }

    /**
     * {@code c[m,n] = a[m,k] b[n,k]^T + bias[n]}; with a preActivation that is where this goes, and {@code c} is its GELU.
     *
     * @param type of a, b, c and the preActivation
     * @param width columns of c: n, or without a preActivation more, which become minus infinity
     * @param bias address of FLOAT32 [n], or 0 for none
     * @param preActivation address of a matrix that lies like c, or 0 for none
     */
    Operation forward(
            DType type,
            GemmSize size,
            GemmMatrix a,
            GemmMatrix b,
            GemmMatrix c,
            int width,
            long bias,
            long preActivation) {
        a.check("a", size.k(), type);
        b.check("b", size.k(), type);
        c.check("c", width, type);
        GemmSize result = new GemmSize(size.m(), width, size.k());
        if (result.isEmpty()) {
            return () -> {};
        }
        GemmPlan plan = GemmPlan.wholeOrWide(result, device.multiprocessors(), GemmKernels.of(device, type));
        int vector = vector(STORE_BYTES / type.bytes(), c, preActivation, width, type);
        KernelArguments arguments = arguments(type, size, a, b, c, vector)
                .pointer(bias)
                .pointer(preActivation)
                .int32(width);
        return launch("forward", type, result, plan, arguments);
    }

    /**
     * {@code c[m,n] = a[m,k] b[k,n]}, added to c where {@code accumulate}; with a preActivation times its GELU's slope. Where the
     * result has too few tiles for the device, k is cut up; the parts are added in float in their order and rounded once, so that
     * the bits depend on the number of multiprocessors, but not on the run.
     *
     * @param type of a, b, c and the preActivation
     * @param preActivation address of a matrix that lies like c, or 0 for none
     */
    Operation backwardInput(
            DType type,
            GemmSize size,
            GemmMatrix a,
            GemmMatrix b,
            GemmMatrix c,
            boolean accumulate,
            long preActivation) {
        a.check("a", size.k(), type);
        b.check("b", size.n(), type);
        c.check("c", size.n(), type);
        if (size.isEmpty()) {
            return () -> {};
        }
        GemmPlan plan = GemmPlan.wholeOrSplit(size, device.multiprocessors(), GemmKernels.of(device, type));
        int vector = vector(VECTOR, c, preActivation, size.n(), type);
        KernelArguments arguments =
                arguments(type, size, a, b, c, vector).int32(accumulate ? 1 : 0).pointer(preActivation);
        if (plan.splits() == 1) {
            return launch("backward_input", type, size, plan, arguments);
        }
        long partBytes = Float.BYTES * plan.tile().area(size);
        arguments
                .int32(plan.chunk())
                .pointer(device.scratch(partBytes * plan.splits()))
                .pointer(device.counters());
        return launch("backward_input_parts", type, size, plan, arguments);
    }

    /** Columns that may be stored at a time to c and to the matrix that lies like it; at most so many. */
    private static int vector(int most, GemmMatrix c, long like, int width, DType type) {
        GemmMatrix other = new GemmMatrix(like, c.leading());
        return Math.min(c.vector(most, width, type), other.vector(most, width, type));
    }

    /** What all products take; those that only one takes follow. */
    private static KernelArguments arguments(
            DType type, GemmSize size, GemmMatrix a, GemmMatrix b, GemmMatrix c, int vector) {
        return KernelArguments.of()
                .pointer(a.address())
                .pointer(b.address())
                .pointer(c.address())
                .int32(size.m())
                .int32(size.n())
                .int32(size.k())
                .int32(a.leading())
                .int32(b.leading())
                .int32(c.leading())
                .int32(a.unit(type))
                .int32(b.unit(type))
                .int32(vector);
    }

    private Operation launch(String name, DType type, GemmSize size, GemmPlan plan, KernelArguments arguments) {
        GemmTile tile = plan.tile();
        GemmKernels kernels = GemmKernels.of(device, type);
        LaunchShape shape = new LaunchShape(
                Math.toIntExact(tile.count(size)),
                1,
                plan.splits(),
                kernels.threads(tile),
                1,
                kernels.sharedBytes(tile));
        return device.operation(device.kernel(kernels.family(), tile.kernel(name), type), shape, arguments);
    }
}
