package org.jelectra.gpu;

/** There is no usable driver or device here; the message says why and what would help. */
public final class GpuUnavailableException extends GpuException {

    private static final long serialVersionUID = 1;

    /** For that reason. */
    public GpuUnavailableException(int code, String codeName, String message) {
        super(code, codeName, message);
    }

    /** For a reason that has no error number. */
    public GpuUnavailableException(String message) {
        this(0, "", message);
    }
}
