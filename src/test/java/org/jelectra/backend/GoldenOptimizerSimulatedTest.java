package org.jelectra.backend;

import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;

/** {@link GoldenOptimizerTest} on the CUDA backend, its kernels executed by the simulator. */
class GoldenOptimizerSimulatedTest extends GoldenOptimizerTest {

    @Override
    protected Backend backend() {
        return SimulatedBackends.open(DType.FLOAT32);
    }
}
