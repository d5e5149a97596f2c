package org.jelectra.pretrain;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;

/** Training steps whose kernels the simulator executes. */
class TrainingSimulatedTest extends TrainingTest {

    @Override
    protected Backend backend(DType valueType) {
        return SimulatedBackends.open(valueType);
    }

    @Override
    protected int steps() {
        return 12;
    }

    @Override
    protected Backend slowBackend(DType valueType) {
        return SimulatedBackends.open(
                valueType, SimulatorOptions.defaults().withRaces(false).withLateWork(true));
    }
}
