package org.jelectra.pretrain;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.TestDevice;
import org.jelectra.tensor.DType;

/** Whole steps of preset small, as many sequences as it has, on a real device. */
class PresetPrecisionDeviceTest extends PresetPrecisionTest {

    @Override
    protected int sequences() {
        return 128;
    }

    @Override
    protected Backend backend() {
        return TestDevice.open(DType.BFLOAT16);
    }
}
