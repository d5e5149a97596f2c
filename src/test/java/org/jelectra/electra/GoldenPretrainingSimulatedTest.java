package org.jelectra.electra;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;

/** {@link GoldenPretrainingTest} on the CUDA backend, its kernels executed by the simulator. */
class GoldenPretrainingSimulatedTest extends GoldenPretrainingTest {

    @Override
    protected Backend backend() {
        return SimulatedBackends.open(DType.FLOAT32);
    }
}
