package org.jelectra.electra.heads;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;

/** {@link GoldenSpanTest} on the CUDA backend, its kernels executed by the simulator. */
class GoldenSpanSimulatedTest extends GoldenSpanTest {

    @Override
    protected Backend backend() {
        return SimulatedBackends.open(DType.FLOAT32);
    }
}
