package org.jelectra.backend.cuda;

import org.jelectra.backend.Backend;
import org.jelectra.backend.BackendContract;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;

/** The kernels in single precision, executed by the simulator with all its checks. */
class ContractFloat32SimulatedTest extends BackendContract {

    @Override
    protected Backend backend() {
        SimulatorOptions options = SimulatorOptions.defaults().withRaces(true);
        return CudaBackend.on(Gpu.open(new SimulatedDriver(options), 0), DType.FLOAT32);
    }
}
