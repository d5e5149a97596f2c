package org.jelectra.backend.cuda;

import org.jelectra.backend.Backend;
import org.jelectra.backend.BackendContract;
import org.jelectra.tensor.DType;

/** The kernels on values in bf16, on a real device. */
class ContractBf16DeviceTest extends BackendContract {

    @Override
    protected Backend backend() {
        return TestDevice.open(DType.BFLOAT16);
    }

    /**
     * No document says in which order tensor cores add products, so those of {@code wgmma} and of {@code mma} may differ by a rounding, 2^-9 of
     * a number, which can go on through GELU and LayerNorm.
     */
    @Override
    public double joinedTolerance() {
        return 0.01;
    }
}
