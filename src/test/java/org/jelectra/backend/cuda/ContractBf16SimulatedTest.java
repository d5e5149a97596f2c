package org.jelectra.backend.cuda;

import org.jelectra.backend.Backend;
import org.jelectra.backend.BackendContract;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.pretrain.MemoryNeed;
import org.jelectra.tensor.DType;

/**
 * The kernels with bf16 values, executed by the simulator with all its checks, with tiles and parts of sums as for the
 * multiprocessors of an H200; those in float32 are tested as for four.
 */
class ContractBf16SimulatedTest extends BackendContract {

    @Override
    protected Backend backend() {
        return SimulatedBackends.open(
                DType.BFLOAT16,
                SimulatorOptions.defaults()
                        .withRaces(true)
                        .withMultiprocessors(MemoryNeed.LARGE_DEVICE.multiprocessors()));
    }
}
