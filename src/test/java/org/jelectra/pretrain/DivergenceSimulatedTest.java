package org.jelectra.pretrain;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;

/** On the CUDA backend, whose logits have columns of minus infinity, which are no fault. */
class DivergenceSimulatedTest extends DivergenceTest {

    @Override
    protected Backend backend() {
        return SimulatedBackends.open(DType.FLOAT32);
    }
}
