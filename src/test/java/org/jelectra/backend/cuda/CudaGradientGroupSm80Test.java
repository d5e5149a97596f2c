package org.jelectra.backend.cuda;

import java.util.List;
import org.jelectra.gpu.sim.SimulatorOptions;

/** The same on a device that has no kernels of its own. */
class CudaGradientGroupSm80Test extends CudaGradientGroupTest {

    @Override
    SimulatorOptions device(SimulatorOptions options) {
        return options.withDevice("simulated sm_80", 80);
    }

    @Override
    List<String> kernels() {
        return List.of("gemm_weight_group_128_bf16", "gemm_weight_group_64_bf16");
    }
}
