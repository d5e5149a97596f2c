package org.jelectra.pretrain;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.TestDevice;
import org.jelectra.tensor.DType;

/** Training steps on a real device. */
class TrainingDeviceTest extends TrainingTest {

    @Override
    protected Backend backend(DType valueType) {
        return TestDevice.open(valueType);
    }

    @Override
    protected int steps() {
        return 20;
    }

    @Override
    protected Backend slowBackend(DType valueType) {
        return TestDevice.open(valueType);
    }
}
