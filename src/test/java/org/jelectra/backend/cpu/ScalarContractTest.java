package org.jelectra.backend.cpu;

import org.jelectra.backend.Backend;
import org.jelectra.backend.BackendContract;

/** The contract with the inner loops in plain Java. */
class ScalarContractTest extends BackendContract {

    @Override
    protected Backend backend() {
        return CpuBackends.scalar(2);
    }
}
