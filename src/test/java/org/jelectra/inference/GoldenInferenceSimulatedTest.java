package org.jelectra.inference;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;

/**
 * {@link GoldenInferenceTest} on the CUDA backend, its kernels executed by the simulator: the model's own thread opens and uses
 * it, the test's thread calls.
 */
class GoldenInferenceSimulatedTest extends GoldenInferenceTest {

    @Override
    protected Backend backend() {
        return SimulatedBackends.open(DType.FLOAT32);
    }
}
