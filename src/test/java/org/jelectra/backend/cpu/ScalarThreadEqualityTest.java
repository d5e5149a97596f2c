package org.jelectra.backend.cpu;

import org.jelectra.backend.Backend;
import org.jelectra.backend.ThreadEqualityContract;

/** Equal bits for any number of threads, with the inner loops in plain Java. */
class ScalarThreadEqualityTest extends ThreadEqualityContract {

    @Override
    protected Backend backend(int threads) {
        return ScalarBackends.open(threads);
    }
}
