package org.jelectra.backend.cpu;

import org.jelectra.backend.Backend;
import org.jelectra.backend.ThreadEqualityContract;

/** Equal bits for any number of threads, with the fastest inner loops of this JVM. */
class CpuBackendThreadEqualityTest extends ThreadEqualityContract {

    @Override
    protected Backend backend(int threads) {
        return CpuBackend.create(threads);
    }
}
