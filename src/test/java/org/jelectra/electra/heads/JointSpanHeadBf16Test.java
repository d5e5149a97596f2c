package org.jelectra.electra.heads;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Tag;

/** {@link JointSpanHeadTest} on the CUDA backend in bf16, its kernels executed by the simulator. */
@Tag("any-jdk")
class JointSpanHeadBf16Test extends JointSpanHeadTest {

    @Override
    protected Backend backend() {
        return SimulatedBackends.open(DType.BFLOAT16);
    }
}
