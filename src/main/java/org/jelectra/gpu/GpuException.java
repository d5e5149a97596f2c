package org.jelectra.gpu;

/** A call of the driver, or a kernel, failed. */
public class GpuException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int code;
    private final String codeName;

    /**
     * @param code the driver's error number, as cuda.h lists them; 0 where the failure has none
     * @param codeName name of that number, such as CUDA_ERROR_ILLEGAL_ADDRESS
     * @param message what failed, for what reason, and what helps
     */
    public GpuException(int code, String codeName, String message) {
        super(message);
        this.code = code;
        this.codeName = codeName;
    }

    /** The driver's error number; 0 where the failure has none. */
    public int code() {
        return code;
    }

    /** Name of the driver's error number. */
    public String codeName() {
        return codeName;
    }
}
