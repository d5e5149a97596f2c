package org.jelectra.electra.heads;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;

/** {@link JointSpanHeadTest} on the CUDA backend in bf16, its kernels executed by the simulator. */
class JointSpanHeadBf16Test extends JointSpanHeadTest {

    @Override
    protected Backend backend() {
        return SimulatedBackends.open(DType.BFLOAT16);
    }
}
