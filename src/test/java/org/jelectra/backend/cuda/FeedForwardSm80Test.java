package org.jelectra.backend.cuda;

import org.jelectra.gpu.sim.SimulatorOptions;

/** The same on a device that has no kernels of its own. */
class FeedForwardSm80Test extends FeedForwardTest {

    @Override
    SimulatorOptions device(SimulatorOptions options) {
        return options.withDevice("simulated sm_80", 80);
    }
}
