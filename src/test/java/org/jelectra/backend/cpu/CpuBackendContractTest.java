package org.jelectra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.jelectra.backend.Backend;
import org.jelectra.backend.BackendContract;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The contract on one thread, with the fastest inner loops of this JVM. */
@Tag("every-jdk")
class CpuBackendContractTest extends BackendContract {

    @Override
    protected Backend backend() {
        return CpuBackend.create(1);
    }

    /** A broken vector class must not pass unseen because plain Java stands in for it. */
    @Test
    void usesTheVectorUnitWhereTheModuleIsPresent() {
        boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        try (Backend backend = backend()) {
            assertThat(backend.description()).contains(present ? "kernels: vector" : "kernels: scalar");
        }
    }
}
