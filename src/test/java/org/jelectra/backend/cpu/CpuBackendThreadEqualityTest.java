package org.jelectra.backend.cpu;

import org.jelectra.backend.Backend;
import org.jelectra.backend.ThreadEqualityContract;
import org.junit.jupiter.api.Tag;

/** Equal bits for any number of threads, with the fastest inner loops of this JVM. */
@Tag("every-jdk")
class CpuBackendThreadEqualityTest extends ThreadEqualityContract {

    @Override
    protected Backend backend(int threads) {
        return CpuBackend.create(threads);
    }
}
