package org.jelectra.pretrain;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;

/**
 * The same limits on a device whose exponentials, reciprocals and roots are as wrong as the PTX ISA allows, and which has the
 * multiprocessors of an H200.
 */
class StepPrecisionRoughFunctionsTest extends StepPrecisionTest {

    @Override
    protected Backend backend() {
        return SimulatedBackends.open(
                DType.FLOAT32,
                SimulatorOptions.defaults()
                        .withRaces(false)
                        .withRoughFunctions(true)
                        .withMultiprocessors(MemoryNeed.LARGE_DEVICE.multiprocessors()));
    }
}
