package org.jelectra.backend;

import org.jelectra.backend.cuda.TestDevice;
import org.jelectra.tensor.DType;

/** The optimiser on a real device against PyTorch's. */
class GoldenOptimizerDeviceTest extends GoldenOptimizerTest {

    @Override
    protected Backend backend() {
        return TestDevice.open(DType.FLOAT32);
    }
}
