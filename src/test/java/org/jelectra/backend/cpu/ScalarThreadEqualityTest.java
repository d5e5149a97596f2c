package org.jelectra.backend.cpu;

import org.jelectra.backend.Backend;
import org.jelectra.backend.ThreadEqualityContract;
import org.junit.jupiter.api.Tag;

/** Equal bits for any number of threads, with the inner loops in plain Java. */
@Tag("every-jdk")
class ScalarThreadEqualityTest extends ThreadEqualityContract {

    @Override
    protected Backend backend(int threads) {
        return CpuBackend.scalar(threads);
    }
}
