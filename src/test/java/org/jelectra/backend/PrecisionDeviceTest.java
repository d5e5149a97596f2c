package org.jelectra.backend;

import org.jelectra.backend.cuda.TestDevice;
import org.jelectra.tensor.DType;

/** The errors of a real device. */
class PrecisionDeviceTest extends PrecisionTest {

    @Override
    protected Backend backend(DType valueType) {
        return TestDevice.open(valueType);
    }
}
