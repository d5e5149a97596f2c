package org.jelectra.gpu.sim;

/** What one worker counts during a launch. */
final class Counts {

    long instructions;
    long threadInstructions;
    long specialInstructions;
    long loadRequests;
    long loadSectors;
    long idealLoadSectors;
    long storeRequests;
    long storeSectors;
    long idealStoreSectors;
    long sharedRequests;
    long sharedWavefronts;
    long idealSharedWavefronts;
    long matrixProducts;
    long barriers;

    private final Sectors sectors = new Sectors();
    private final Banks banks = new Banks();

    /** A load of so many bytes by some lanes from places of one allocation. */
    void countLoad(int[] places, int bytes, int lanes) {
        sectors.count(places, bytes, lanes);
        loadRequests++;
        loadSectors += sectors.touched();
        idealLoadSectors += sectors.ideal();
    }

    /** A store of so many bytes by some lanes to places of one allocation. */
    void countStore(int[] places, int bytes, int lanes) {
        sectors.count(places, bytes, lanes);
        storeRequests++;
        storeSectors += sectors.touched();
        idealStoreSectors += sectors.ideal();
    }

    /** A load or store of so many bytes by some lanes in shared memory. */
    void countShared(int[] places, int bytes, int lanes) {
        sharedRequests++;
        sharedWavefronts += banks.wavefronts(places, bytes, lanes);
        idealSharedWavefronts += Banks.phases(bytes, lanes);
    }

    /** As a record, without the launch itself. */
    KernelCounters counters(String kernel) {
        return new KernelCounters(
                kernel,
                0,
                threadInstructions,
                instructions,
                specialInstructions,
                loadRequests,
                loadSectors,
                idealLoadSectors,
                storeRequests,
                storeSectors,
                idealStoreSectors,
                sharedRequests,
                sharedWavefronts,
                idealSharedWavefronts,
                matrixProducts,
                barriers);
    }
}
