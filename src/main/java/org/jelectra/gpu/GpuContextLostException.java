package org.jelectra.gpu;

/** A kernel has faulted or the device has failed before, and since then this process cannot use it any more; the message says which. */
public final class GpuContextLostException extends GpuKernelException {

    private static final long serialVersionUID = 1;

    /**
     * @param kernel name of the kernel that faulted; "unknown" where the device failed
     * @param message what was tried now, and the fault
     */
    public GpuContextLostException(int code, String codeName, String kernel, String message) {
        super(code, codeName, kernel, message);
    }
}
