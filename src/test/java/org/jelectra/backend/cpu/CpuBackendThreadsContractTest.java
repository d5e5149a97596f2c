package org.jelectra.backend.cpu;

import org.jelectra.backend.Backend;
import org.jelectra.backend.BackendContract;
import org.junit.jupiter.api.Tag;

/** The contract on three threads. */
@Tag("any-jdk")
class CpuBackendThreadsContractTest extends BackendContract {

    @Override
    protected Backend backend() {
        return CpuBackend.create(3);
    }
}
