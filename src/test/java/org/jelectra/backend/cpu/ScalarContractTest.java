package org.jelectra.backend.cpu;

import org.jelectra.backend.Backend;
import org.jelectra.backend.BackendContract;
import org.junit.jupiter.api.Tag;

/** The contract with the inner loops in plain Java. */
@Tag("every-jdk")
class ScalarContractTest extends BackendContract {

    @Override
    protected Backend backend() {
        return CpuBackend.scalar(2);
    }
}
