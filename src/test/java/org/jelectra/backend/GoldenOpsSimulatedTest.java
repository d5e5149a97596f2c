package org.jelectra.backend;

import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;

/** {@link GoldenOpsTest} on the CUDA backend, its kernels executed by the simulator. */
class GoldenOpsSimulatedTest extends GoldenOpsTest {

    @Override
    protected Backend backend() {
        return SimulatedBackends.open(DType.FLOAT32);
    }
}
