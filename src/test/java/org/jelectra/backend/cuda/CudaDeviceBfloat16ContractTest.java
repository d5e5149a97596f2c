package org.jelectra.backend.cuda;

import org.jelectra.backend.Backend;
import org.jelectra.backend.BackendContract;
import org.jelectra.tensor.DType;

/** The kernels on values in bf16, on a real device. */
class CudaDeviceBfloat16ContractTest extends BackendContract {

    @Override
    protected Backend backend() {
        return TestDevice.open(DType.BFLOAT16);
    }
}
