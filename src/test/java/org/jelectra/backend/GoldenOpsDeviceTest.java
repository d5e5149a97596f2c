package org.jelectra.backend;

import org.jelectra.backend.cuda.TestDevice;
import org.jelectra.tensor.DType;

/** Single operations on a real device against the values that PyTorch computed. */
class GoldenOpsDeviceTest extends GoldenOpsTest {

    @Override
    protected Backend backend() {
        return TestDevice.open(DType.FLOAT32);
    }
}
