package org.jelectra.backend.cpu;

import org.jelectra.backend.Backend;
import org.jelectra.backend.BackendContract;

/** The contract on three threads. */
class CpuBackendThreadsContractTest extends BackendContract {

    @Override
    protected Backend backend() {
        return CpuBackend.create(3);
    }
}
