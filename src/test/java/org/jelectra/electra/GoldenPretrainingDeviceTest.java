package org.jelectra.electra;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.TestDevice;
import org.jelectra.tensor.DType;

/** Whole steps on a real device against PyTorch's. */
class GoldenPretrainingDeviceTest extends GoldenPretrainingTest {

    @Override
    protected Backend backend() {
        return TestDevice.open(DType.FLOAT32);
    }
}
