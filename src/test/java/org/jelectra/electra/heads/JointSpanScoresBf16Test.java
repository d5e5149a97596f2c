package org.jelectra.electra.heads;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;

/** {@link JointSpanScoresTest} on the CUDA backend in bf16, its kernels executed by the simulator. */
class JointSpanScoresBf16Test extends JointSpanScoresTest {

    @Override
    protected Backend backend() {
        return SimulatedBackends.open(DType.BFLOAT16);
    }
}
