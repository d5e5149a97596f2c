package org.jelectra.pretrain;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.TestDevice;
import org.jelectra.tensor.DType;

/** A step on a real device. */
class StepPrecisionDeviceTest extends StepPrecisionTest {

    @Override
    protected Backend backend() {
        return TestDevice.open(DType.FLOAT32);
    }
}
