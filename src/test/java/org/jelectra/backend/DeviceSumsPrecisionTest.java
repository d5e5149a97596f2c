package org.jelectra.backend;

import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;

/** The same limits with the sums of tensor cores, which are cut where those of floats are rounded. */
class DeviceSumsPrecisionTest extends PrecisionTest {

    @Override
    protected Backend backend(DType valueType) {
        return SimulatedBackends.open(
                valueType, SimulatorOptions.defaults().withRaces(false).withCutSums(true));
    }
}
