package org.jelectra.gpu;

/** Device memory does not suffice. */
public final class GpuOutOfMemoryException extends GpuException {

    private static final long serialVersionUID = 1;

    private final long requested;
    private final long free;

    /**
     * @param requested bytes asked for
     * @param free bytes that are free
     */
    public GpuOutOfMemoryException(int code, String codeName, long requested, long free) {
        super(
                code,
                codeName,
                "the device has no room for " + requested + " bytes, " + free
                        + " are free; a smaller batch or sequence length needs less");
        this.requested = requested;
        this.free = free;
    }

    /** Bytes asked for. */
    public long requested() {
        return requested;
    }

    /** Bytes that are free. */
    public long free() {
        return free;
    }
}
