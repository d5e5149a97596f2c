package org.jelectra.backend.cpu;

import org.jelectra.backend.Backend;

/** CPU backends without vector instructions. */
public final class ScalarBackends {

    private ScalarBackends() {}

    /** One with its own threads. */
    public static Backend open(int threads) {
        Workers workers = new Workers(threads);
        ScalarKernels kernels = new ScalarKernels();
        return new CpuBackend(workers, kernels, new PanelGemm(kernels, workers));
    }
}
