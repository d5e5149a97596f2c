package org.jelectra.backend.cpu;

import org.jelectra.backend.Backend;

/** CPU backends for tests. */
final class CpuBackends {

    private CpuBackends() {}

    /** With the inner loops in plain Java, whatever this JVM could do. */
    static Backend scalar(int threads) {
        Workers workers = new Workers(threads);
        CpuKernels kernels = new ScalarKernels();
        return new CpuBackend(workers, kernels, new PanelGemm(kernels, workers));
    }
}
