package org.jelectra.backend.cuda;

import org.jelectra.backend.Backend;
import org.jelectra.backend.BackendContract;
import org.jelectra.tensor.DType;

/** The kernels in single precision on a real device. */
class ContractFloat32DeviceTest extends BackendContract {

    @Override
    protected Backend backend() {
        return TestDevice.open(DType.FLOAT32);
    }
}
