package org.jelectra.gpu;

/** A kernel has faulted before, and since then this process cannot use the device any more; the message names the kernel. */
public final class GpuContextLostException extends GpuKernelException {

    private static final long serialVersionUID = 1;

    /**
     * @param kernel name of the kernel that faulted
     * @param message what was tried now, and the fault
     */
    public GpuContextLostException(int code, String codeName, String kernel, String message) {
        super(code, codeName, kernel, message);
    }
}
