package org.jelectra.backend.cuda;

import org.jelectra.backend.Backend;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;

/** CUDA backends on simulated devices. */
public final class SimulatedBackends {

    private SimulatedBackends() {}

    /** For whole training steps: without the search for races, which the contract tests make. */
    public static Backend open(DType valueType) {
        return open(valueType, SimulatorOptions.defaults().withRaces(false));
    }

    /** With other options. */
    public static Backend open(DType valueType, SimulatorOptions options) {
        return CudaBackend.on(Gpu.open(new SimulatedDriver(options), 0), valueType);
    }
}
