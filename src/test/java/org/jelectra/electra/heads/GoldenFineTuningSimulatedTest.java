package org.jelectra.electra.heads;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Tag;

/** {@link GoldenFineTuningTest} on the CUDA backend, its kernels executed by the simulator. */
@Tag("first-jdk")
class GoldenFineTuningSimulatedTest extends GoldenFineTuningTest {

    @Override
    protected Backend backend() {
        return SimulatedBackends.open(DType.FLOAT32);
    }
}
