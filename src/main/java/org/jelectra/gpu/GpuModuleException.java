package org.jelectra.gpu;

/** A module was rejected: broken PTX, or PTX that this driver or device is too old for. */
public final class GpuModuleException extends GpuException {

    private static final long serialVersionUID = 1;

    private final String log;

    /**
     * @param message the module, the cause, and what helps
     * @param log the compiler's own words; empty where it said nothing
     */
    public GpuModuleException(int code, String codeName, String message, String log) {
        super(code, codeName, log.isBlank() ? message : message + "\n" + log.strip());
        this.log = log;
    }

    /** The compiler's own words; empty where it said nothing. */
    public String log() {
        return log;
    }
}
