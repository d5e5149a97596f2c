package org.jelectra.electra.heads;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;

/** {@link GoldenFineTuningTest} on the CUDA backend, its kernels executed by the simulator. */
class GoldenFineTuningSimulatedTest extends GoldenFineTuningTest {

    @Override
    protected Backend backend() {
        return SimulatedBackends.open(DType.FLOAT32);
    }
}
