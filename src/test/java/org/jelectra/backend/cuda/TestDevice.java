package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.gpu.GpuUnavailableException;
import org.jelectra.tensor.DType;

/** The machine's real GPU for tests. */
public final class TestDevice {

    /** System property: with the value {@code cuda}, tests fail where there is no device, instead of being skipped. */
    public static final String REQUIRED = "jelectra.requireBackend";

    private TestDevice() {}

    /** The backend on the device; without one the test is skipped, with the reason, or fails where a device is required. */
    public static Backend open(DType values) {
        try {
            return CudaBackend.open(values);
        } catch (GpuUnavailableException e) {
            if (Backends.CUDA.equals(System.getProperty(REQUIRED))) {
                return fail("-D" + REQUIRED + "=cuda, but " + e.getMessage(), e);
            }
            return abort(e.getMessage());
        }
    }
}
