package org.jelectra.gpu.sim;

/**
 * What a kernel has done in all its launches: a performance model that needs no GPU. A request is one memory instruction of one
 * warp. Atomic operations count as loads.
 *
 * @param kernel its name
 * @param launches how often it ran
 * @param threadInstructions instructions, each counted for every thread that took part
 * @param warpInstructions instructions, each counted once for a group of lanes that executed it together
 * @param specialInstructions those of the latter that approximate a function: exponentials, logarithms, reciprocals, roots, sines and
 *     hyperbolic tangents, of which a multiprocessor executes 16 threads' a cycle
 * @param loadRequests loads from global memory
 * @param loadSectors sectors of 32 bytes that the loads touched, per request
 * @param idealLoadSectors the least sectors that hold as many distinct bytes as each request asked for
 * @param storeRequests stores to global memory
 * @param storeSectors sectors that the stores touched
 * @param idealStoreSectors the least for them
 * @param sharedRequests loads from and stores to shared memory, each matrix of {@code ldmatrix} counted as one, and each of 8 rows of
 *     16 bytes that {@code wgmma} reads, of B once for the four warps
 * @param sharedWavefronts passes through the 32 banks of 4 bytes that they took
 * @param idealSharedWavefronts passes that they would have taken without bank conflicts
 * @param matrixProducts {@code mma} instructions of m16n8k16, and as many as do the same work for {@code wgmma}
 * @param barriers barriers, counted once for each warp
 */
public record KernelCounters(
        String kernel,
        long launches,
        long threadInstructions,
        long warpInstructions,
        long specialInstructions,
        long loadRequests,
        long loadSectors,
        long idealLoadSectors,
        long storeRequests,
        long storeSectors,
        long idealStoreSectors,
        long sharedRequests,
        long sharedWavefronts,
        long idealSharedWavefronts,
        long matrixProducts,
        long barriers) {

    /** Both together. */
    KernelCounters plus(KernelCounters other) {
        return new KernelCounters(
                kernel,
                launches + other.launches,
                threadInstructions + other.threadInstructions,
                warpInstructions + other.warpInstructions,
                specialInstructions + other.specialInstructions,
                loadRequests + other.loadRequests,
                loadSectors + other.loadSectors,
                idealLoadSectors + other.idealLoadSectors,
                storeRequests + other.storeRequests,
                storeSectors + other.storeSectors,
                idealStoreSectors + other.idealStoreSectors,
                sharedRequests + other.sharedRequests,
                sharedWavefronts + other.sharedWavefronts,
                idealSharedWavefronts + other.idealSharedWavefronts,
                matrixProducts + other.matrixProducts,
                barriers + other.barriers);
    }

    /** One launch that has done nothing yet. */
    static KernelCounters launch(String kernel) {
        return new KernelCounters(kernel, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
}
