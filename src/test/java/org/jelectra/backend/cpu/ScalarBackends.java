package org.jelectra.backend.cpu;

import org.jelectra.backend.Backend;

/** CPU backends without vector instructions. */
public final class ScalarBackends {

    private ScalarBackends() {}

    /** One with its own threads, whatever this virtual machine could do. */
    public static Backend open(int threads) {
        return new CpuBackend(new Workers(threads), new ScalarKernels());
    }
}
