package org.jelectra.backend.cuda;

import java.util.List;
import java.util.stream.Stream;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;

/** The same on a device that has no kernels of its own. */
class CudaGradientGroupSm80Test extends CudaGradientGroupTest {

    @Override
    SimulatorOptions device(SimulatorOptions options) {
        return options.withDevice("simulated sm_80", 80);
    }

    @Override
    Stream<DType> types() {
        return Stream.of(DType.BFLOAT16);
    }

    @Override
    List<String> kernels() {
        return List.of("gemm_weight_group_128_bf16", "gemm_weight_group_64_bf16");
    }
}
