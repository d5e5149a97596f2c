package org.jelectra.backend.check;

import org.jelectra.gpu.sim.KernelCounters;

/**
 * What one kernel did on the simulated device.
 *
 * @param module its file under {@code kernels}
 * @param counters what was counted in its launches at one of the sizes
 */
record SurveyedKernel(String module, KernelCounters counters) {

    /** Its name, which another module may have too. */
    String name() {
        return counters.kernel();
    }

    /**
     * Sectors of 32 bytes that its loads and stores touched, as a multiple of the least that hold the bytes of each request; 1 where
     * it touches no global memory.
     */
    double sectorRatio() {
        return ratio(
                counters.loadSectors() + counters.storeSectors(),
                counters.idealLoadSectors() + counters.idealStoreSectors());
    }

    /** Passes through the banks of shared memory, as a multiple of those without conflicts; 1 where it uses no shared memory. */
    double wavefrontRatio() {
        return ratio(counters.sharedWavefronts(), counters.idealSharedWavefronts());
    }

    private static double ratio(long actual, long ideal) {
        return ideal == 0 ? 1 : (double) actual / ideal;
    }
}
