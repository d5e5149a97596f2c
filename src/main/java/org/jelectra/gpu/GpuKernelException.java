package org.jelectra.gpu;

/** A kernel could not be launched, or faulted while it ran. On a real device a fault ends the context: nothing works after it, see {@link GpuContextLostException}. */
public class GpuKernelException extends GpuException {

    private static final long serialVersionUID = 1;

    private final String kernel;

    /**
     * @param kernel name of the kernel; of the last one launched where the driver does not tell
     * @param message the kernel, its grid, and the cause
     */
    public GpuKernelException(int code, String codeName, String kernel, String message) {
        super(code, codeName, message);
        this.kernel = kernel;
    }

    /** Name of the kernel. */
    public String kernel() {
        return kernel;
    }
}
